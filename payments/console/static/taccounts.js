// @ts-check
/** T-accounts: what a story's steps have written on each account, and how it stands after n of them. Pure. */
import { holds, net, posts, signOf } from "./ledger.js";
import { noteOf } from "./words.js";

/** @typedef {import("./story.js").Told} Told @typedef {import("./story.js").Account} Account */
/** @typedef {{ note: string, amount: number, n: number }} Entry what step n has written, and what for */
/**
 * @typedef {Account & { id: string, open: number, debit: Entry[], credit: Entry[], held: number, heldBefore: number, others: number, holdHit: boolean, hit: boolean, touched: number, balance: number, guarded: boolean }} TAccount
 * `open`, `others` (what other stories wrote meanwhile) and `balance` are on the account's own side, `heldBefore` is what
 * others hold there; `touched` is the step that touches it first, `hit` and `holdHit` say what step n does there.
 * @typedef {{ touched: number, debit: Entry[], credit: Entry[], held: number[] }} Page what a whole story writes on an account; `held`: in which steps what is held there changes
 */

/** @type {WeakMap<Told, Map<string, Page>>} */
const pages = new WeakMap();

/** What all of a story writes, by account. @param {Told} told */
function pagesOf(told) {
  const known = pages.get(told);
  if (known) return known;
  /** @type {Map<string, Page>} */
  const found = new Map();
  for (const { n, written } of told.steps) {
    for (const { kind, debit, credit, part, purpose } of written) {
      if (!part) continue;
      for (const id of [debit, credit]) if (!found.has(id)) found.set(id, { touched: n, debit: [], credit: [], held: [] });
      const entry = { note: noteOf(purpose), amount: part, n };
      if (posts(kind)) found.get(debit)?.debit.push(entry);
      if (posts(kind)) found.get(credit)?.credit.push(entry);
      if (holds(kind)) found.get(debit)?.held.push(n);
    }
  }
  pages.set(told, found);
  return found;
}

/** Every account that the story touches, and how it stood after n steps. @param {Told} told @param {number} n @returns {TAccount[]} */
export function books(told, n) {
  const { accounts, opening, meanwhile = [] } = told.story;
  const balances = told.balances[Math.min(n, told.steps.length)];
  const until = Math.max(0, ...(told.steps[Math.min(n, told.steps.length) - 1]?.events.map((each) => each.position) ?? []));
  const past = (/** @type {Entry[]} */ entries) => entries.filter((each) => each.n <= n);
  const found = Object.entries(accounts).map(([id, account]) => {
    const page = pagesOf(told).get(id) ?? { touched: 0, debit: [], credit: [], held: [] };
    const others = meanwhile.filter((each) => each.account === id && each.after <= until);
    const sign = signOf(account.kind);
    const open = sign * net(opening[id]);
    const since = sign * others.reduce((sum, each) => sum + net(each), 0);
    const [debit, credit] = [past(page.debit), past(page.credit)];
    return {
      ...account, id, open, debit, credit, touched: page.touched, others: since, guarded: id in opening,
      held: balances[id]?.held_debits ?? 0, heldBefore: others.reduce((sum, each) => sum + each.held_debits, opening[id]?.held_debits ?? 0),
      hit: [...debit, ...credit].some((each) => each.n === n), holdHit: page.held.includes(n),
      balance: open + since + sign * net(balances[id]) || 0,
    };
  });
  return found.filter((each) => each.touched || each.guarded);
}
