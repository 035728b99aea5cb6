// @ts-check
/** The feed: what happens, as it happens. It goes on after a break by itself, and starts over in a new world. */
import { call } from "./api.js";

/** How many events are kept: a page that looks further back asks for it. */
export const KEPT = 5000;

/**
 * @typedef {{ position: number, type: string, institution: string, subject: string, reference: string, at: string, data: any }} SandboxEvent
 * @typedef {{ id: string, name: string, role: string, code: string }} Member
 * @typedef {"run" | "events" | "connection" | "clock"} Topic
 */

/** @type {Map<(topic: Topic, events: SandboxEvent[]) => void, true>} */
const listeners = new Map();

export const feed = {
  /** Which world this is: another one has another `run`. */
  run: "",
  /** @type {SandboxEvent[]} the newest, oldest first */
  events: [],
  /** The position of the newest event. */
  last: 0,
  connected: false,
  /** @type {Member[]} */
  members: [],
  /** What the sandbox's clock showed (milliseconds since 1970), when we read it, and whether it stands still. */
  clock: { shown: 0, readAt: 0, frozen: true },
  /** Listen to `run` (a world was opened), `events` (these happened), `connection`, `clock`; returns how to stop.
   * @param {(topic: Topic, events: SandboxEvent[]) => void} listener */
  on(listener) {
    listeners.set(listener, true);
    return () => listeners.delete(listener);
  },
  /** What the sandbox's clock shows now, in milliseconds since 1970. */
  now() {
    return this.clock.frozen ? this.clock.shown : this.clock.shown + performance.now() - this.clock.readAt;
  },
};

/** @param {Topic} topic @param {SandboxEvent[]} [events] */
const tell = (topic, events = []) => [...listeners.keys()].forEach((each) => each(topic, events));

/** @type {EventSource | undefined} */
let source;
/** @type {SandboxEvent[]} */
let arrived = [];
let waiting = false;
/** Where the world stood when we came: what happened before is told in one go. */
let before = 0;

/** Connect, and stay connected. */
export function connect() {
  source?.close();
  arrived = [];
  source = new EventSource(`/console/events${feed.last ? `?after=${feed.last}` : ""}`);
  source.addEventListener("run", (message) => opened(JSON.parse(message.data)));
  source.addEventListener("happened", (message) => {
    arrived.push(JSON.parse(message.data));
    if (!waiting) setTimeout(take, 20); // what comes in a burst is told in one go
    waiting = true;
  });
  source.addEventListener("error", () => {
    connected(false);
    if (source?.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
  });
}

/** @param {boolean} is */
function connected(is) {
  if (feed.connected === is) return;
  feed.connected = is;
  tell("connection");
}

/** @param {{ run: string, last: number, members: Member[] }} world */
function opened(world) {
  const other = feed.run !== "" && feed.run !== world.run;
  const first = feed.run === "";
  Object.assign(feed, { run: world.run, members: world.members });
  before = world.last;
  connected(true);
  if (other) {
    Object.assign(feed, { events: [], last: 0, run: "" });
    connect();
    return;
  }
  if (first) tell("run");
  void readClock();
}

function take() {
  waiting = false;
  if (arrived.length && arrived[arrived.length - 1].position < before) return; // the rest is on its way
  const fresh = arrived.filter((each) => each.position > feed.last);
  arrived = [];
  if (!fresh.length) return;
  feed.last = fresh[fresh.length - 1].position;
  feed.events.push(...fresh);
  if (feed.events.length > KEPT + 500) feed.events = feed.events.slice(-KEPT);
  if (fresh.some((each) => each.type.startsWith("clock."))) void readClock();
  tell("events", fresh);
}

/** Read the sandbox's clock. */
export async function readClock() {
  const { status, body } = await call("GET", "/v1/sandbox/clock");
  if (status !== 200) return;
  feed.clock = { shown: Date.parse(body.now), readAt: performance.now(), frozen: body.frozen };
  tell("clock");
}
