// @ts-check
/** The screen “Lessons”: the list of them, and one that is being taken. */
import { call, read } from "../api.js";
import { guide } from "../guide.js";
import { go, redraw } from "../page.js";
import { forget } from "../progress.js";
import { html } from "../template.js";
import { make, toldView } from "./lessons/calling.js";
import { makeCalls } from "./lessons/calls.js";
import { listView } from "./lessons/list.js";
import { answer, bringIntoView } from "./lessons/playing.js";
import { LETTERS, at, begin, beginAct, lesson, lessons, unmade } from "./lessons/state.js";
import theatre from "./theatre.js";

/** @param {string} name */
async function load(name) {
  const mine = at;
  const found = await read(`/console/assets/lessons/${encodeURIComponent(name)}.json`);
  if (mine !== at) return;
  Object.assign(at, { lesson: found, missing: found === null });
  if (found) beginAct(0);
  redraw();
}

async function list() {
  lessons.list = (await read("/console/lessons")) ?? [];
  redraw();
}

/** @param {number} n */
function enter(n) {
  guide.now = null;
  beginAct(n);
  scrollTo(0, 0);
}

/** Leave the lesson, and the theatre if it was taken there. @param {string} [name] of the lesson that is taken next */
function leave(name) {
  guide.now = null;
  if (at.phase === "played") theatre.close();
  begin(name);
}

/** Make the calls of a variation, and watch what comes of them. @param {number} n */
async function vary(n) {
  const { calls, story = "" } = lesson().leave[n];
  if (!calls) return;
  const mine = at;
  Object.assign(at, { left: n, made: unmade(calls) });
  const id = await makeCalls(at.made, story);
  if (id && mine === at) go(`/p/${id}`);
}

export default {
  title: "Lessons",
  /** @param {Record<string, string>} params */
  open({ name = "" }) {
    leave(name);
    void list();
    if (name) void load(name);
  },
  close: () => leave(),
  view() {
    if (!at.name) return listView();
    if (at.missing) return html`<h1 class="screen">There is no such lesson</h1><p><a href="/lessons">All lessons</a></p>`;
    if (!at.lesson) return html`<p role="status">Opening the lesson …</p>`;
    return at.phase === "played" ? theatre.view() : toldView();
  },
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: {
    forget,
    make: () => void make(),
    async mend() {
      await call("DELETE", "/v1/sandbox/faults");
      await call("DELETE", "/v1/sandbox/outcomes");
      void make();
    },
    answer: (arg) => answer(Number(arg)),
    next() {
      theatre.step(1);
      bringIntoView(".m.now");
    },
    act: () => enter(at.act + 1),
    again: () => enter(0),
    leave: (arg) => void vary(Number(arg)),
  },
  /** @param {KeyboardEvent} event */
  key(event) {
    if (at.phase !== "played") return;
    const option = /^[a-d]$/i.test(event.key) ? LETTERS.indexOf(event.key.toUpperCase()) : /^[1-4]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (option >= 0) answer(option);
    else theatre.key(event);
  },
};
