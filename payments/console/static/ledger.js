// @ts-check
/** The books, computed from events: pure, so that any moment can be looked at again. The one reducer of balances. */

/** @typedef {{ debits: number, credits: number, held_debits: number, held_credits: number }} Balance */
/** @typedef {Record<string, Balance>} Balances by account id: `book.code.CURRENCY[.owner]` */
/** @typedef {{ account: string, currency: string, debit: number, credit: number }} Row a line of a trial balance */
/** @typedef {{ rows: Row[], totals: Record<string, { debit: number, credit: number }>, out: Record<string, number>, balanced: boolean }} TrialBalance */

/** @returns {Balance} */
export const nothing = () => ({ debits: 0, credits: 0, held_debits: 0, held_credits: 0 });

/** What each kind of transfer does: [to what is held, to what is posted]. */
export const EFFECTS = { transfer: [0, 1], hold: [1, 0], post: [-1, 1], release: [-1, 0], expire: [-1, 0] };

/** Take one event into the balances (which are changed). @param {Balances} balances
 * @param {{ type: string, data: any }} event @returns {Balances} */
export function apply(balances, event) {
  if (!event.type.startsWith("money.")) return balances;
  for (const [what, debit, credit, amount] of event.data.transfers) {
    const [held, posted] = EFFECTS[/** @type {keyof EFFECTS} */ (what)] ?? [0, 0];
    const from = (balances[debit] ??= nothing());
    const to = (balances[credit] ??= nothing());
    from.held_debits += held * amount;
    from.debits += posted * amount;
    to.held_credits += held * amount;
    to.credits += posted * amount;
  }
  return balances;
}

/** The balances after the first n events. @param {Balances} base (is not changed) @param {any[]} events @param {number} [n]
 * @returns {Balances} */
export function state(base, events, n = events.length) {
  const balances = structuredClone(base);
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
