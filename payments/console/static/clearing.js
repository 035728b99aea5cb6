// @ts-check
/** What has been cleared between the members, window by window: from the network's money events. Pure. */
import { parts } from "./ledger.js";

/**
 * What was cleared in one currency: `flows` by `debtor>creditor`, `nets` by member (positive: is paid out), `points`
 * [how many items, when (µs), nets] on the way, every `stride` items one.
 * @typedef {{ count: number, gross: number, flows: Record<string, number>, nets: Record<string, number>,
 *   points: [number, number, Record<string, number>][], stride: number }} Cleared
 * @typedef {{ id: string, status: string, opened_at: number, closes_at: number, settles_at: number | null,
 *   cleared: Record<string, Cleared> }} SettlementWindow times in microseconds since 1970
 * @typedef {Record<string, SettlementWindow>} Windows
 */

const DAY = 86_400_000_000;
const POINTS = 240;
const KEPT = 16;

/** @returns {Cleared} */
export const none = () => ({ count: 0, gross: 0, flows: {}, nets: {}, points: [], stride: 1 });

/** The windows of a snapshot. @param {any[]} found @returns {Windows} */
export function windowsOf(found) {
  /** @type {Windows} */
  const windows = {};
  for (const each of found) {
    const cleared = Object.entries(each.cleared).map(([currency, one]) => {
      const own = { ...none(), ...one, flows: /** @type {Record<string, number>} */ ({}) };
      for (const [debtor, creditor, amount] of one.flows) owe(own, debtor, creditor, amount);
      return [currency, own];
    });
    windows[each.id] = { ...each, cleared: Object.fromEntries(cleared) };
  }
  return windows;
}

/** Take one event into the windows (which are changed). @param {Windows} windows
 * @param {{ type: string, institution: string, subject: string, at: string, data: any }} event */
export function clear(windows, event) {
  if (event.type.startsWith("settlement_window.")) return move(windows, event);
  if (event.type !== "money.posted") return;
  for (const [what, debit, credit, amount] of event.data.transfers) {
    if (what !== "transfer" && what !== "post") continue;
    const pair = parties(event.institution, parts(debit), parts(credit));
    if (pair) add(windows, pair, parts(debit).currency, amount, microseconds(event.at));
  }
}

/** @param {Windows} windows @param {{ type: string, subject: string, data: any }} event */
function move(windows, { type, subject, data }) {
  const known = windows[subject] ?? { id: subject, opened_at: 0, closes_at: 0, settles_at: null, cleared: {} };
  const times = data.closes_at ? { opened_at: data.closes_at - DAY, closes_at: data.closes_at, settles_at: data.settles_at } : {};
  windows[subject] = { ...known, ...times, status: type.split(".")[1] };
  const settled = Object.values(windows).filter((each) => each.status === "settled").sort((one, other) => one.closes_at - other.closes_at);
  for (const each of settled.slice(0, Math.max(0, settled.length - KEPT))) delete windows[each.id];
}

/** Who owes and who is owed, the network where no other member is; nobody when what was owed is paid.
 * @param {string} network @param {{ book: string, code: string, owner: string }} debit @param {{ code: string, owner: string }} credit */
function parties(network, debit, credit) {
  const due = (/** @type {{ code: string }} */ { code }) => code === "due_from_member" || code === "due_to_member";
  if (!due(debit) && !due(credit)) return null;
  if (debit.code === "settlement_cash" || credit.code === "settlement_cash") return null;
  const debtor = due(debit) ? debit.owner : network;
  const creditor = due(credit) ? credit.owner : network;
  return debtor === creditor ? null : { debtor, creditor, item: debtor !== network && creditor !== network };
}

/** @param {Windows} windows @param {{ debtor: string, creditor: string, item: boolean }} pair @param {string} currency
 * @param {number} amount @param {number} at */
function add(windows, { debtor, creditor, item }, currency, amount, at) {
  const window = windowAt(windows, at);
  if (!window) return;
  const cleared = (window.cleared[currency] ??= none());
  owe(cleared, debtor, creditor, amount);
  cleared.nets[debtor] = (cleared.nets[debtor] ?? 0) - amount;
  cleared.nets[creditor] = (cleared.nets[creditor] ?? 0) + amount;
  const last = cleared.points.at(-1);
  if (!item) {
    if (last?.[0] === cleared.count) cleared.points[cleared.points.length - 1] = [last[0], last[1], { ...cleared.nets }];
    return;
  }
  cleared.count += 1;
  cleared.gross += amount;
  if (cleared.count % cleared.stride === 0) cleared.points.push([cleared.count, at, { ...cleared.nets }]);
  if (cleared.points.length >= 2 * POINTS) {
    cleared.points = cleared.points.filter((_, n) => n % 2 === 1);
    cleared.stride *= 2;
  }
}

/** @param {Cleared} cleared @param {string} debtor @param {string} creditor @param {number} amount */
function owe(cleared, debtor, creditor, amount) {
  const pair = `${debtor}>${creditor}`;
  cleared.flows[pair] = (cleared.flows[pair] ?? 0) + amount;
}

/** The window that is open at an instant: they follow one another every day at the same hour.
 * @param {Windows} windows @param {number} at @returns {SettlementWindow | undefined} */
export function windowAt(windows, at) {
  const known = Object.values(windows).find((each) => each.closes_at);
  if (!known) return undefined;
  const closes = known.closes_at + DAY * (Math.floor((at - known.closes_at) / DAY) + 1);
  const id = `win_${new Date(closes / 1000).toISOString().slice(0, 10)}`;
  return (windows[id] ??= { id, status: "open", opened_at: closes - DAY, closes_at: closes, settles_at: null, cleared: {} });
}

/** @param {string} at @returns {number} microseconds since 1970 */
export const microseconds = (at) => Date.parse(at) * 1000;

/** What is owed by each to each, and what is left of it: one by one, between each two, and of each with all.
 * @param {Cleared} cleared */
export function netting(cleared) {
  let [gross, bilateral, paid] = [0, 0, 0];
  for (const [pair, amount] of Object.entries(cleared.flows)) {
    const [debtor, creditor] = pair.split(">");
    const back = cleared.flows[`${creditor}>${debtor}`] ?? 0;
    gross += amount;
    bilateral += Math.max(0, amount - back);
  }
  for (const each of Object.values(cleared.nets)) paid += Math.max(0, each);
  return { gross, bilateral, paid };
}
