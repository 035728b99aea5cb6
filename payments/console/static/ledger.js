// @ts-check
/** The books, computed from events: pure, so that any moment can be looked at again. The one reducer of balances. */

/** @typedef {{ debits: number, credits: number, held_debits: number, held_credits: number }} Balance in minor units */
/** @typedef {Record<string, Balance>} Balances by account id: `book.code.CURRENCY[.owner]` */
/** @typedef {[what: string, debit: string, credit: string, amount: number, currency: string, purpose: string]} Transfer as a money event tells it */
/** @typedef {{ account: string, currency: string, debit: number, credit: number }} Row a line of a trial balance */
/** @typedef {{ rows: Row[], totals: Record<string, { debit: number, credit: number }>, out: Record<string, number>, balanced: boolean }} TrialBalance */

/** @returns {Balance} */
const nothing = () => ({ debits: 0, credits: 0, held_debits: 0, held_credits: 0 });

/** @returns {Balances} of nobody: without a prototype, for accounts are called as whoever opens them likes */
export const noBalances = () => Object.create(null);

/** What each kind of transfer does, times its amount: [to what is posted, to what is held].
 * @type {Record<string, readonly [number, number]>} */
const EFFECTS = { transfer: [1, 0], hold: [0, 1], post: [1, -1], release: [0, -1], expire: [0, -1] };

/** What a kind of transfer does; one that is not known does nothing. @param {string} kind */
const effectOf = (kind) => EFFECTS[kind] ?? [0, 0];

/** Is money posted by it, or only promised and let go? @param {string} kind */
export const posts = (kind) => effectOf(kind)[0] !== 0;

/** Does it change what is held? @param {string} kind */
export const holds = (kind) => effectOf(kind)[1] !== 0;

/** Write a transfer into the balances: they are changed, each balance in them is replaced.
 * @param {Balances} balances @param {string} kind @param {string} debit @param {string} credit @param {number} amount */
export function enter(balances, kind, debit, credit, amount) {
  const [posted, held] = effectOf(kind).map((each) => each * amount);
  const from = balances[debit] ?? nothing();
  balances[debit] = { ...from, debits: from.debits + posted, held_debits: from.held_debits + held };
  const to = balances[credit] ?? nothing();
  balances[credit] = { ...to, credits: to.credits + posted, held_credits: to.held_credits + held };
}

/** Take one event into the balances (which are changed). @param {Balances} balances
 * @param {{ type: string, data: any }} event @returns {Balances} */
export function apply(balances, event) {
  if (!event.type.startsWith("money.")) return balances;
  for (const [what, debit, credit, amount] of event.data.transfers) enter(balances, what, debit, credit, amount);
  return balances;
}

/** The balances after the first n events. @param {Balances} base (is not changed) @param {{ type: string, data: any }[]} events
 * @param {number} [n] @returns {Balances} */
export function state(base, events, n = events.length) {
  const balances = { ...base };
  for (let each = 0; each < n; each += 1) apply(balances, events[each]);
  return balances;
}

/** Where an account is and what it is for. @param {string} id */
export function parts(id) {
  const [book, code, currency, ...owner] = id.split(".");
  return { book, code, currency, owner: owner.join(".") };
}

/** By how much debits exceed credits. @param {Balance | undefined} balance */
export const net = (balance) => balance ? balance.debits - balance.credits : 0;

/** By how much the side of an account exceeds the other: 1 where debits add to it, −1 where credits do. @param {string} kind */
export const signOf = (kind) => kind === "asset" || kind === "expense" ? 1 : -1;

/** Every account of a book on its side, and what debits and credits come to in each currency: the same.
 * @param {Balances} balances @param {string} book @returns {TrialBalance} */
export function trialBalance(balances, book) {
  /** @type {TrialBalance} */
  const found = { rows: [], totals: {}, out: {}, balanced: true };
  const prefix = `${book}.`;
  for (const [account, balance] of Object.entries(balances)) {
    if (!account.startsWith(prefix) || !(balance.debits || balance.credits)) continue;
    const { currency } = parts(account);
    const [debit, credit] = [Math.max(net(balance), 0), Math.max(-net(balance), 0)];
    const total = (found.totals[currency] ??= { debit: 0, credit: 0 });
    found.rows.push({ account, currency, debit, credit });
    total.debit += debit;
    total.credit += credit;
  }
  for (const [currency, { debit, credit }] of Object.entries(found.totals)) {
    found.out[currency] = debit - credit;
    found.balanced &&= debit === credit;
  }
  return found;
}
