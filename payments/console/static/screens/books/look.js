// @ts-check
/** What one looks at on the screen of the books: which currency, which window, at which moment; and who is there. */
import { microseconds, windowAt } from "../../clearing.js";
import { day } from "../../day.js";
import { feed } from "../../feed.js";

/** @typedef {import("../../clearing.js").SettlementWindow} SettlementWindow */
/** @typedef {import("../../day.js").Moment} Moment */

export const look = {
  currency: "USD",
  /** Which window; the one that matters now, if none is chosen. @type {string | null} */
  chosen: null,
  /** After which event: null is now. @type {number | null} */
  at: null,
  /** The last call made from here, and what came of it. @type {{ request: any, reply: any, status: number, problem: string } | null} */
  done: null,
  busy: false,
  /** What the server says of the same moment. @type {{ event: number, heard: boolean, same: boolean, rows: number } | null} */
  checked: null,
};

export const bookName = (/** @type {string} */ id) => day.books.find((each) => each.id === id)?.name ?? id;
export const networkBook = () => day.books.find((each) => each.role === "network") ?? { id: "", name: "the network", role: "network" };
export const banks = () => day.books.filter((each) => each.role === "bank");

/** The members in the order of their numbers. @param {string} id */
const order = (id) => Number(feed.members.find((each) => each.id === id)?.code ?? 0);
export const members = () => ["issuer", "acquirer"].flatMap((one) => day.books.filter((each) => each.role === one).sort((a, b) => order(a.id) - order(b.id)));

/** Milliseconds, as the page has its times. @param {number | null} micro */
export const ms = (micro) => (micro ?? 0) / 1000;

/** The instant of a moment; of the present one, what the clock shows. In microseconds; 0 while nobody knows. @param {Moment} moment */
export const instant = (moment) => look.at !== null ? microseconds(moment.at) : feed.clock.readAt ? feed.now() * 1000 : 0;

/** The windows, oldest first. @param {Moment} moment */
export function listed(moment) {
  const now = instant(moment);
  if (now) windowAt(moment.windows, now); // one that is open by the clock, and of which nothing was said yet
  return Object.values(moment.windows).sort((one, other) => one.closes_at - other.closes_at);
}

/** The window to look at: the chosen one; else the oldest that waits for its settlement and has something in it; else the open one.
 * @param {Moment} moment @returns {SettlementWindow | undefined} */
export function lookedAt(moment) {
  const windows = listed(moment);
  const waiting = windows.find((each) => each.status === "closed" && Object.keys(each.cleared).length);
  return windows.find((each) => each.id === look.chosen) ?? waiting ?? windows.find((each) => each.status === "open") ?? windows.at(-1);
}
