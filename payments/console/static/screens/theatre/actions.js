// @ts-check
/** What one can do in the theatre. It can also be done where a lesson is taken there. */
import { call } from "../../api.js";
import { guide } from "../../guide.js";
import { go, redraw } from "../../page.js";
import { change, follow, look } from "./visiting.js";
import { open, take } from "./taking.js";
import { goTo, later, play, scrub, showAddress, stop } from "./transport.js";
import { furthest, length, lowest, st } from "./state.js";
import { FIRSTS } from "./welcome.js";
import { TABS } from "./message.js";

/** @type {Record<string, (arg: string, element: any, event: any) => void>} */
export const actions = {
  "theatre-go"(arg) {
    const to = { first: lowest(), back: st.n - 1, on: st.n + 1, last: furthest() }[arg] ?? Number(arg);
    goTo(to, arg === "on");
  },
  "theatre-play": () => st.playing ? stop() : play(),
  "theatre-scrub": (_, element) => scrub(Number(element.value)),
  "theatre-tab"(arg, element) {
    st.tab = arg;
    element.focus();
  },
  "theatre-mode": changeMode,
  "theatre-export": take,
  "theatre-open": (_, element) => void open(element.files?.[0]),
  "theatre-leave": () => go("/"),
  "theatre-first": (arg) => void begin(FIRSTS[arg]),
  "theatre-wind": () => void wind(),
};

/** @param {string} mode live, step or lesson */
function changeMode(mode) {
  if (mode === "lesson") return guide.now ? undefined : go("/lessons");
  if (guide.now) return go(`/p/${st.told?.story.id}?n=${st.n}`);
  st.mode = mode === "live" ? "live" : "step";
  if (st.mode === "step") stop();
  else if (st.n < length()) play();
  showAddress();
}

/** Make the first payment of an empty world. @param {import("../../api.js").ApiRequest} request */
async function begin({ method, path, body: order }) {
  if (st.busy) return;
  st.busy = true;
  const { status, body } = await call(method, path, order);
  st.busy = false;
  if (status === 201) await change();
  else st.problem = body?.detail ?? body?.title ?? "It did not work.";
  redraw();
}

/** Wind the clock to what falls due next. */
async function wind() {
  if (st.busy) return;
  st.busy = true;
  redraw();
  const { status, body, request } = await call("POST", "/v1/sandbox/clock/wind", { next: true });
  st.busy = false;
  st.made = request;
  st.problem = status === 200 ? "" : body?.detail ?? "The clock could not be wound.";
  if (st.n >= length()) st.mode = "live";
  await look();
  later(follow, 50);
}

/** Arrow keys go from tab to tab. @param {KeyboardEvent} event */
function turn(event) {
  const ids = TABS.map(([id]) => id);
  const by = event.key === "ArrowRight" ? 1 : ids.length - 1;
  st.tab = ids[(ids.indexOf(st.tab) + by) % ids.length];
  event.preventDefault();
  document.getElementById(`tab-${st.tab}`)?.focus();
  redraw();
}

/** What keys do, wherever they are not needed for something else. @type {Record<string, () => void>} */
const KEYS = {
  ArrowRight: () => goTo(st.n + 1, true),
  ArrowLeft: () => goTo(st.n - 1),
  Home: () => goTo(lowest()),
  End: () => goTo(furthest()),
  " ": () => st.playing ? stop() : play(),
};

/** @param {KeyboardEvent} event */
export function key(event) {
  const on = event.target instanceof Element ? event.target : null;
  if (!st.told || on?.closest("input[type=range]")) return;
  if (on?.closest("[role=tablist]") && /^Arrow(Left|Right)$/.test(event.key)) return turn(event);
  if (event.key === " " && on?.closest("button, a, summary, [role=tab]")) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
  redraw();
}
