// @ts-check
/** The day in the books: a snapshot, and what has happened since. However late one joins, and however long one stays,
 * what is kept is a base, the events after it that concern the books, and what they come to now. */
import { call, read } from "./api.js";
import { clear, windowsOf } from "./clearing.js";
import { feed } from "./feed.js";
import { apply, parts } from "./ledger.js";
import { redraw } from "./page.js";

/** How many events are kept after the base; when there are more, the oldest go into it. */
export const KEPT = 4000;

/** How far one can look back at once, in events. */
const LOOKS_BACK = 2000;

/**
 * @typedef {{ id: string, name: string, kind: string, book: string, code: string, currency: string, owner: string }} Account
 * @typedef {{ event: number, at: string, balances: import("./ledger.js").Balances, windows: import("./clearing.js").Windows }} Moment
 * @typedef {import("./feed.js").SandboxEvent} SandboxEvent
 */

/** @returns {Moment} */
const nowhere = () => ({ event: 0, at: "", balances: {}, windows: {} });

export const day = {
  /** Is there something to show? */
  ready: false,
  /** @type {{ id: string, name: string, role: string }[]} */
  books: [],
  /** @type {Record<string, Account>} */
  accounts: {},
  /** Where one can look back to. */
  base: nowhere(),
  /** @type {SandboxEvent[]} those after the base that concern the books */
  events: [],
  /** How it stands now. */
  now: nowhere(),
};

/** @type {(() => void) | null} */
let stop = null;
let asked = 0;

/** Begin to keep the books, unless they are kept already. */
export function keep() {
  if (stop) return;
  const leave = feed.on(listen);
  stop = () => { leave() };
  void begin();
}

/** Stop keeping them: nobody looks. */
export function letGo() {
  stop?.();
  stop = null;
  asked += 1;
  looked = null;
  Object.assign(day, { ready: false, base: nowhere(), now: nowhere(), events: [], accounts: {} });
}

/** @param {string} topic @param {SandboxEvent[]} events */
function listen(topic, events) {
  if (topic === "run") void begin();
  if (topic !== "events" || !day.ready) return;
  const first = events.find((each) => each.position > day.now.event);
  if (first && first.position !== day.now.event + 1) return void begin(); // something was missed
  take(events);
  redraw();
}

/** Begin with how the books stand; then learn, in the background, how they came to. */
async function begin() {
  const mine = (asked += 1);
  const found = await read("/console/snapshot");
  if (mine !== asked || !found) return;
  meet(found);
  day.base = momentOf(found);
  day.now = structuredClone(day.base);
  day.events = [];
  day.ready = true;
  const rest = feed.events.filter((each) => each.position > found.event);
  if (rest.length && rest[0].position !== found.event + 1) return void begin(); // meanwhile they went by
  take(rest);
  redraw();
  await deepen(mine);
}

/** Put the base further back, so that one can look back. @param {number} mine */
async function deepen(mine) {
  const until = day.base.event;
  const found = await read(`/console/snapshot?event=${Math.max(0, until - LOOKS_BACK)}`);
  if (!found) return;
  const [money, windows] = await Promise.all(["money.*", "settlement_window.*"].map((type) => between(found.event, until, type)));
  if (mine !== asked || day.base.event !== until) return;
  day.base = momentOf(found);
  day.events = [...money, ...windows].sort((one, other) => one.position - other.position).concat(day.events);
  redraw();
}

/** The events of a type between two positions. @param {number} after @param {number} until @param {string} type */
async function between(after, until, type) {
  /** @type {SandboxEvent[]} */
  const found = [];
  for (let next = after; next !== null && next < until;) {
    const { status, body } = await call("GET", `/v1/events?after=${next}&limit=500&type=${type}`);
    if (status !== 200) break;
    found.push(...body.data.filter((/** @type {SandboxEvent} */ each) => each.position <= until));
    next = body.next;
  }
  return found;
}

/** @param {any} found a snapshot @returns {Moment} */
const momentOf = (found) => ({ event: found.event, at: found.at ?? "", balances: balancesOf(found.accounts), windows: windowsOf(found.windows) });

/** @param {any} found a snapshot */
function meet(found) {
  day.books = found.books;
  day.accounts = Object.fromEntries(found.accounts.map((/** @type {Account} */ each) => [each.id, each]));
}

/** @param {any[]} accounts */
const balancesOf = (accounts) => Object.fromEntries(accounts.map((each) =>
  [each.id, { debits: each.debits, credits: each.credits, held_debits: each.held_debits, held_credits: each.held_credits }]));

/** @param {SandboxEvent[]} events */
function take(events) {
  for (const event of events) {
    if (event.position <= day.now.event) continue;
    advance(day.now, event);
    if (concerns(event)) day.events.push(event);
  }
  if (day.events.length > KEPT + 500) for (const event of day.events.splice(0, day.events.length - KEPT)) advance(day.base, event);
  if (events.some((each) => each.type.startsWith("money.") && each.data.transfers.some(isStrange))) void meetStrangers();
}

/** @param {SandboxEvent} event */
const concerns = (event) => event.type.startsWith("money.") || event.type.startsWith("settlement_window.");

/** @param {Moment} moment (is changed) @param {SandboxEvent} event */
function advance(moment, event) {
  moment.event = event.position;
  moment.at = event.at;
  apply(moment.balances, event);
  clear(moment.windows, event);
}

/** The moment that was looked at last, and the base it was computed from. @type {{ n: number, base: number, moment: Moment } | null} */
let looked = null;

/** How the books stood after an event. @param {number | null} n @returns {Moment} */
export function momentAt(n) {
  if (n === null || n >= day.now.event) return day.now;
  if (looked?.n !== n || looked.base !== day.base.event) looked = { n, base: day.base.event, moment: compute(n) };
  return looked.moment;
}

/** @param {number} n @returns {Moment} */
function compute(n) {
  const moment = structuredClone(day.base);
  for (const event of day.events) {
    if (event.position > n) break;
    advance(moment, event);
  }
  moment.event = Math.max(n, moment.event);
  return moment;
}

/** @param {[string, string, string]} transfer */
const isStrange = ([, debit, credit]) => !(debit in day.accounts) || !(credit in day.accounts);

let meeting = false;

/** Ask who the accounts are that were opened since. */
async function meetStrangers() {
  if (meeting) return;
  meeting = true;
  const found = await read("/console/snapshot");
  meeting = false;
  if (!found || !day.ready) return;
  meet(found);
  redraw();
}

/** An account, as it is known; one that was opened a moment ago is known by its id. @param {string} id @returns {Account} */
export function accountOf(id) {
  const known = day.accounts[id];
  return known ?? { id, name: parts(id).owner || parts(id).code.replaceAll("_", " "), kind: "", ...parts(id) };
}
