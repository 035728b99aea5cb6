// @ts-check
/** The books, computed from events: pure, so that any moment can be looked at again. */

/** @typedef {{ debits: number, credits: number, held_debits: number, held_credits: number }} Balance */
/** @typedef {Record<string, Balance>} Balances by account id: `book.code.CURRENCY[.owner]` */

/** @returns {Balance} */
export const nothing = () => ({ debits: 0, credits: 0, held_debits: 0, held_credits: 0 });

/** What each kind of transfer does: [to what is held, to what is posted]. */
const EFFECTS = { transfer: [0, 1], hold: [1, 0], post: [-1, 1], release: [-1, 0], expire: [-1, 0] };

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

/** The balances after the first n events. @param {Balances} base @param {any[]} events @param {number} n @returns {Balances} */
export function state(base, events, n) {
  const balances = structuredClone(base);
  for (const event of events.slice(0, n)) apply(balances, event);
  return balances;
}

/** Per currency: by how much the debits of a book exceed its credits (always 0).
 * @param {Balances} balances @param {string} book @returns {Record<string, number>} */
export function trialBalance(balances, book) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const [id, each] of Object.entries(balances)) {
    const [home, , currency] = id.split(".");
    if (home === book) sums[currency] = (sums[currency] ?? 0) + each.debits - each.credits;
  }
  return sums;
}
