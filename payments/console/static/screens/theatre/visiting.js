// @ts-check
/** Coming to the theatre: which story is shown, and how it goes on by itself while somebody looks. */
import { call, read } from "../../api.js";
import { feed } from "../../feed.js";
import { redraw } from "../../page.js";
import { tell } from "../../story.js";
import { begin, leave, length, lowest, st } from "./state.js";
import { keepInView, later, play, stop } from "./transport.js";

/** @typedef {import("../../story.js").Story} Story @typedef {import("../../feed.js").SandboxEvent} SandboxEvent */

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Open the story of an id, the newest for none. @param {string} wanted @param {number | null} n the step to stand at, or null: play it */
export async function visit(wanted, n) {
  begin({ wanted, list: st.list });
  const mine = st;
  await readNewest();
  if (mine !== st) return;
  const id = wanted && wanted !== "latest" ? wanted : st.list[0]?.id;
  if (!id) st.state = "empty";
  else if (!(await load(id)) && mine === st) st.state = "missing";
  if (mine !== st) return;
  if (wanted === "latest" && id) history.replaceState(null, "", `/p/${id}${location.search}`);
  if (st.told) start(n);
  redraw();
  requestAnimationFrame(keepInView);
  void look();
}

/** @param {string} id @returns {Promise<boolean>} whether it is shown now */
async function load(id) {
  const mine = st;
  /** @type {Story | null} */
  const story = await read(`/console/stories/${encodeURIComponent(id)}`);
  if (mine !== st || !story) return false;
  show(story);
  return true;
}

/** Show a story; whoever looks at one of its steps already stays there. @param {Story} story */
export function show(story) {
  const before = st.told?.story.id === story.id ? st.told.steps[st.n - 1]?.key : undefined;
  st.told = tell(story);
  st.state = "there";
  if (before) st.n = st.told.steps.find((each) => each.key === before)?.n ?? Math.min(st.n, length());
}

/** @param {number | null} n the step to stand at, or null: play it */
export function start(n) {
  st.mode = n === null ? "live" : "step";
  if (n !== null || calm()) {
    st.n = Math.min(Math.max(n ?? length(), lowest()), length());
  } else {
    st.n = lowest();
    play();
  }
}

async function readNewest() {
  const mine = st;
  const found = await read("/console/stories?limit=12");
  if (found && mine === st) st.list = found.data;
}

/** What stands beside the story: how many faults are armed, and what falls due next. */
export async function look() {
  const mine = st;
  const [faults, due] = await Promise.all([call("GET", "/v1/sandbox/faults"), call("GET", "/v1/sandbox/due")]);
  if (mine !== st) return;
  if (faults.status === 200) st.armed = faults.body.data.length;
  if (due.status === 200) st.due = due.body.data[0] ?? null;
  redraw();
}

// ── while somebody looks ──

/** What may go on in a story under another reference than its own: its settlement, its payout, its other leg. */
const GOES_ON = /^(settlement\.settled|settlement_notice\.answered|payout\.paid|transfer\.)/;
const BEGINS = /^(payment|disbursement|funding)\.(pending|held)$/;

/** @type {() => void} */
let deaf = () => {};
/** Which world one looks at; empty as long as nobody has said. */
let world = "";

/** Hear what happens from now on. */
export function listen() {
  deaf();
  world = feed.run;
  deaf = feed.on(heard);
}

/** Hear nothing any more. */
export function close() {
  deaf();
  leave();
}

/** @param {string} topic @param {SandboxEvent[]} events */
function heard(topic, events) {
  if (topic === "run") return isIn(feed.run);
  if (topic !== "events" || st.shared) return;
  if (events.some((each) => /^(fault|clock|job)\./.test(each.type))) later(look, 300);
  const references = st.told?.story.references ?? [];
  const isOurs = (/** @type {SandboxEvent} */ each) => references.includes(each.reference) || GOES_ON.test(each.type);
  const begins = (/** @type {SandboxEvent} */ each) => BEGINS.test(each.type) && !references.includes(each.reference);
  const free = location.pathname === "/" && st.mode === "live";
  if (st.told && events.some(isOurs)) later(follow, 200);
  else if (st.state === "empty" || free && events.some(begins)) later(change, st.playing ? 3000 : 250);
}

/** If it is another world than before, begin with what that has. @param {string} run */
function isIn(run) {
  const other = world !== "" && world !== run;
  world = run;
  if (!other || st.shared) return;
  stop();
  void visit(st.wanted, null);
}

/** The story has gone on: tell it anew, and play on if somebody watches it live. */
export async function follow() {
  if (!st.told) return;
  const before = length();
  await Promise.all([readNewest(), load(st.told.story.id)]);
  if (st.mode === "live" && length() > before && st.n >= before && !st.playing) play();
  redraw();
}

/** Something new has begun while nobody looks at anything else. */
export async function change() {
  if (st.playing) return later(change, 1000);
  await readNewest();
  const [first] = st.list;
  if (!first || first.id === st.told?.story.id) return redraw();
  if (await load(first.id)) start(null);
  redraw();
  void look();
}
