// @ts-check
/** How the theatre is moved: step by step, by playing, by scrubbing. */
import { guide } from "../../guide.js";
import { redraw, say } from "../../page.js";
import { laneName } from "../../story.js";
import { current, furthest, length, lowest, st } from "./state.js";

/** How long a step is shown while it plays. */
const PACE_MS = 900;

/** How long somebody who scrubs must rest on a step before the address names it: a browser allows few changes a second. */
const REST_MS = 200;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Map<() => unknown, ReturnType<typeof setTimeout>>} what is to be done soon, once, however often it is asked for */
const soon = new Map();

/** @param {() => unknown} what @param {number} wait in milliseconds */
export function later(what, wait) {
  clearTimeout(soon.get(what));
  soon.set(what, setTimeout(what, wait));
}

/** Stop playing, and forget what was to be done soon. */
export function halt() {
  stop();
  for (const each of soon.values()) clearTimeout(each);
  soon.clear();
}

/** Show the first n steps. @param {number} n @param {boolean} [moving] whether what is new is shown as it comes */
export function stand(n, moving = false) {
  const to = Math.min(Math.max(n, lowest()), furthest());
  st.moves = moving && to === st.n + 1;
  if (to === st.n) return;
  st.n = to;
  redraw();
  requestAnimationFrame(keepInView); // after it is drawn, in the same frame
}

/** What scrolls, what in it is to be seen, and how much of what is around it. @type {[string, string, number][]} */
const IN_VIEW = [[".msgs", ".m.now", 32], [".tabpanel", "tr.new", 40], [".books", ".ta.hit", 8]];

/** The current message, what is new in it, and where it writes stay in view where there is no room for all of it. */
export function keepInView() {
  const seen = IN_VIEW.map(([list, now, room]) => ({ list: document.querySelector(list), now: document.querySelector(`${list} ${now}`), room }));
  const places = seen.map(({ list, now, room }) => {
    if (!list || !now || list.scrollHeight <= list.clientHeight + 1) return 0;
    const [box, it] = [list.getBoundingClientRect(), now.getBoundingClientRect()];
    return Math.min(it.top - room - box.top, 0) || Math.max(it.bottom + room - box.bottom, 0);
  });
  seen.forEach(({ list }, n) => { if (list && places[n]) list.scrollTop += places[n] });
}

/** Play on; from the beginning, if it has ended. */
export function play() {
  if (!st.told) return;
  if (st.n >= length() && !guide.now) st.n = lowest();
  go();
}

/** Let the next step come in a moment, if there is one. */
function go() {
  clearTimeout(timer);
  st.playing = st.n < furthest();
  if (st.playing) timer = setTimeout(tick, PACE_MS);
}

function tick() {
  stand(st.n + 1, true);
  go();
  redraw();
}

export function stop() {
  clearTimeout(timer);
  st.playing = false;
}

/** Somebody took it into their own hands. @param {number} n @param {boolean} [moving] */
export function goTo(n, moving = false) {
  scrub(n, moving);
  showAddress();
  tellStep();
}

/** Somebody goes through it quickly: the slider tells a screen reader where. @param {number} n @param {boolean} [moving] */
export function scrub(n, moving = false) {
  stop();
  st.mode = "step";
  stand(n, moving);
  later(showAddress, REST_MS);
}

function tellStep() {
  const step = current();
  if (!step || !st.told) return;
  say(`${st.n} of ${length()}. ${laneName(st.told, step.from)} to ${laneName(st.told, step.to)}: ${[step.code, step.rc, step.label].filter(Boolean).join(" ")}.${step.lost ? " It is lost." : ""}`);
}

/** The address says what one looks at, so that it can be shared. */
export function showAddress() {
  if (guide.now || st.shared || !st.told) return;
  history.replaceState(null, "", `/p/${st.told.story.id}${st.mode === "step" ? `?n=${st.n}` : ""}`);
}
