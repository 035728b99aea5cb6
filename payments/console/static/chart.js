// @ts-check
/** The chart of accounts, in words: what each account is for, and where it stands on a balance sheet. */
import { accountOf } from "./day.js";
import { net } from "./ledger.js";

/**
 * A line of a balance sheet: the accounts of one code, together. `amount` is on the side it stands on; `held` is promised
 * out of it; `promised` says that it is a promise between members.
 * @typedef {{ code: string, name: string, tone: string, amount: number, held: number, promised: boolean,
 *   accounts: { id: string, name: string, amount: number, held: number }[] }} Line
 * @typedef {{ owns: Line[], owes: Line[], ownsTotal: number, owesTotal: number }} Sheet
 */

/** By code and kind: its name, its tone in the bar, and its place. @type {Record<string, [string, string, number]>} */
const CODES = {
  settlement_cash: ["Settlement cash", "k1", 1],
  vault: ["Vault", "k1", 1],
  "cardholder asset": ["Card loans", "k2", 2],
  overdrawn: ["Overdrawn", "k2", 3],
  due_from_network: ["Due from {network}", "k3", 4],
  due_from_member: ["Due from members", "k3", 4],
  "cardholder liability": ["Deposits", "k4", 1],
  reserve: ["Members’ reserves", "k4", 1],
  merchant_account: ["Merchants’ accounts", "k5", 2],
  merchant_pending: ["Due to merchants, pending", "k4", 1],
  merchant_available: ["Due to merchants, available", "k4", 2],
  sender: ["Prefunded senders", "k5", 3],
  due_to_network: ["Due to {network}", "k3", 6],
  due_to_member: ["Due to members", "k3", 6],
  equity: ["Equity", "k6", 8],
};

const RESULT = ["Earned so far", "k6", 9];
/** The place of what has no other. */
const OTHER = 7;

/** What is promised between members. */
const PROMISED = /^due_(from|to)_/;

/** @typedef {Line & { place: number, owned: boolean }} Placed */

/** The line an account belongs to, with nothing on it yet. @param {import("./day.js").Account} account @param {string} network its name @returns {Placed} */
function lineOf(account, network) {
  const kind = kindOf(account);
  const [name, tone, place] = kind === "income" || kind === "expense" ? RESULT
    : CODES[account.code] ?? CODES[`${account.code} ${kind}`] ?? [account.code.replaceAll("_", " "), "k6", OTHER];
  return { code: account.code, name: String(name).replace("{network}", network), tone: String(tone), place: Number(place), owned: kind === "asset",
    promised: PROMISED.test(account.code), amount: 0, held: 0, accounts: [] };
}

/** The balance sheet of a book in one currency. What a book has an account for stands there with nothing on it, too: then nothing moves when something comes.
 * @param {import("./ledger.js").Balances} balances @param {string} book @param {string} currency @param {string} network its name
 * @returns {Sheet} */
export function sheet(balances, book, currency, network) {
  /** @type {Map<string, Placed>} */
  const lines = new Map();
  for (const [id, standing] of Object.entries(balances)) {
    if (!id.startsWith(`${book}.`)) continue;
    const account = accountOf(id);
    if (account.currency !== currency) continue;
    const fresh = lineOf(account, network);
    const key = `${fresh.owned} ${fresh.name}`;
    const line = lines.get(key) ?? fresh;
    lines.set(key, line);
    const amount = line.owned ? net(standing) : -net(standing);
    const held = line.owned ? standing.held_credits : standing.held_debits;
    line.amount += amount;
    line.held += held;
    if (amount || held || !account.owner) line.accounts.push({ id, name: account.name, amount, held });
  }
  const shown = [...lines.values()].filter((each) => each.amount || each.held || each.place !== OTHER).sort((one, other) => one.place - other.place);
  for (const each of shown) each.accounts.sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount));
  const side = (/** @type {boolean} */ owned) => shown.filter((each) => each.owned === owned);
  const total = (/** @type {Line[]} */ some) => some.reduce((sum, each) => sum + each.amount, 0);
  return { owns: side(true), owes: side(false), ownsTotal: total(side(true)), owesTotal: total(side(false)) };
}

/** @param {{ kind: string, code: string }} account */
const kindOf = ({ kind, code }) => kind || (/^(settlement_cash|due_from|overdrawn|vault)/.test(code) ? "asset" : /_expense$|_loss$/.test(code) ? "expense"
  : /_fees$|_income$/.test(code) ? "income" : "liability");
