// @ts-check
/** Names for what the events say in ids: institutions, and the accounts in their books. */
import { feed } from "./feed.js";
import { given, short } from "./words.js";

/** The name of an institution. @param {string} id */
export const institutionName = (id) => feed.members.find((each) => each.id === id)?.name ?? id;

/** @typedef {{ id: string, name: string, role?: string, product?: string }} Named */

/** @type {Record<string, (house: string, owner: string, network: string) => [string, string]>} */
const ACCOUNTS = {
  cardholder: (house, owner) => [`${owner}’s deposit`, `${house} owes this to ${owner}`],
  due_to_network: (house, _, network) => ["Settlement payable", `${house} owes ${network}`],
  due_from_network: (house, _, network) => ["Settlement receivable", `${network} owes ${house}`],
  due_to_member: (house, owner) => [`Due to ${owner}`, `${house} owes ${owner}`],
  due_from_member: (house, owner) => [`Due from ${owner}`, `${owner} owes ${house}`],
  merchant_pending: (house, owner) => ["Merchant payable", `${house} will owe ${owner}`],
  merchant_available: (house, owner) => ["Merchant, available", `${house} owes ${owner} now`],
  sender: (house, owner) => [`Prefunded, ${owner}`, `${house} owes this to ${owner}`],
  transfers: (house, owner) => ["Transfers on their way", `${house} keeps it for ${owner}`],
  settlement_cash: (house) => ["Settlement cash", `${house}’s money at the settlement bank`],
  interchange_income: (house) => ["Interchange income", `${house} earns it`],
  interchange_expense: (house) => ["Interchange expense", `${house} pays it to the card’s bank`],
  scheme_fees: (house) => ["Scheme fees", `${house} and the network`],
  merchant_fees: (house) => ["Merchant fees", `${house} earns it`],
  disbursement_fees: (house) => ["Disbursement fees", `${house} earns it`],
  funding_fees: (house) => ["Funding fees", `${house} earns it`],
  overdrawn: (house, owner) => ["Overdrawn", `${owner} owes ${house}`],
  reserve: (house, owner) => [`Reserve of ${owner}`, `${house} owes this to ${owner}`],
  merchant_account: (house, owner) => [`${owner}’s account`, `${house} owes this to ${owner}`],
  vault: (house) => ["Vault", `${house}’s own`],
  equity: (house) => ["Equity", `${house}’s own`],
};

/** What an account is called, and who owes whom by it.
 * @param {{ book: string, code: string, owner: string, name?: string, kind?: string }} account @param {Named[]} parties @returns {{ title: string, own: string, role: string }} */
export function accountWords(account, parties) {
  const find = (/** @type {string} */ id) => parties.find((each) => each.id === id) ?? feed.members.find((each) => each.id === id);
  const house = find(account.book);
  const owner = find(account.owner);
  const network = parties.find((each) => each.role === "network") ?? feed.members.find((each) => each.role === "network");
  const names = [short(house?.name ?? account.book), owner ? ("role" in owner && /cardholder|recipient/.test(owner.role ?? "") ? given(owner.name) : short(owner.name)) : account.owner || "others", short(network?.name ?? "the network")];
  const words = ACCOUNTS[account.code]?.(names[0], names[1], names[2]) ?? [account.name || account.code.replaceAll("_", " "), names[0]];
  if (account.code === "cardholder" && account.kind === "asset") words.splice(0, 2, `${names[1]}’s credit card`, `${names[1]} owes this to ${names[0]}`);
  return { title: words[0], own: words[1], role: house?.role ?? "network" };
}
