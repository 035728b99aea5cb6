// @ts-check
/** How far one has come with the lessons. It is kept in this browser, and nowhere else. */

const PLACE = "lessons";

/** @typedef {{ right: number, asked: number, done: boolean }} Progress */

/** @returns {Record<string, Progress>} */
export function progress() {
  try { return JSON.parse(localStorage.getItem(PLACE) ?? "{}") } catch { return {} }
}

/** Keep the better of what was reached before and now. @param {string} name @param {Progress} reached */
export function keep(name, reached) {
  const all = progress();
  const before = all[name];
  const best = before?.done && (!reached.done || before.right > reached.right) ? before : reached;
  try { localStorage.setItem(PLACE, JSON.stringify({ ...all, [name]: best })) } catch { /* a browser may forbid it: then it is not kept */ }
}

/** Forget everything. */
export function forget() {
  try { localStorage.removeItem(PLACE) } catch { /* there is nothing then */ }
}
