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

/** What is promised between members. */
const PROMISED = /^due_(from|to)_/;

/** The balance sheet of a book in one currency.
 * @param {import("./ledger.js").Balances} balances @param {string} book @param {string} currency @param {string} network its name
 * @returns {Sheet} */
export function sheet(balances, book, currency, network) {
  /** @type {Map<string, Line & { place: number, owned: boolean }>} */
  const lines = new Map();
  const prefix = `${book}.`;
  for (const id in balances) {
    if (!id.startsWith(prefix)) continue;
    const account = accountOf(id);
    if (account.currency !== currency) continue;
    const [kind, standing] = [kindOf(account), balances[id]];
    const owned = kind === "asset";
    const result = kind === "income" || kind === "expense";
    const [name, tone, place] = result ? RESULT : CODES[account.code] ?? CODES[`${account.code} ${kind}`] ?? [account.code.replaceAll("_", " "), "k6", 7];
    const key = `${owned} ${name}`;
    if (!lines.has(key)) {
      lines.set(key, { code: account.code, name: String(name).replace("{network}", network), tone: String(tone), amount: 0, held: 0,
        promised: PROMISED.test(account.code), accounts: [], place: Number(place), owned });
    }
    const line = /** @type {Line} */ (lines.get(key));
    const amount = owned ? net(standing) : -net(standing);
    const held = owned ? standing.held_credits : standing.held_debits;
    line.amount += amount;
    line.held += held;
    if (amount || held || !account.owner) line.accounts.push({ id, name: account.name, amount, held });
  }
  const shown = [...lines.values()].filter((each) => each.amount || each.held || ["settlement_cash", "equity", "vault"].includes(each.code));
  shown.sort((one, other) => one.place - other.place);
  for (const each of shown) each.accounts.sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount));
  const [owns, owes] = [shown.filter((each) => each.owned), shown.filter((each) => !each.owned)];
  const total = (/** @type {Line[]} */ some) => some.reduce((sum, each) => sum + each.amount, 0);
  return { owns, owes, ownsTotal: total(owns), owesTotal: total(owes) };
}

/** @param {{ kind: string, code: string }} account */
const kindOf = ({ kind, code }) => kind || (/^(settlement_cash|due_from|overdrawn|vault)/.test(code) ? "asset" : /_expense$|_loss$/.test(code) ? "expense"
  : /_fees$|_income$/.test(code) ? "income" : "liability");
