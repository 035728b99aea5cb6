// @ts-check
/** The screen “Lessons”: the list of them, and one that is being taken. */
import { asCurl, call, read } from "../api.js";
import { guide } from "../guide.js";
import { directionGlyph, icon } from "../icons.js";
import { asked, factsOf, fill, places } from "../lesson.js";
import { go, redraw, say } from "../page.js";
import { forget, keep, progress } from "../progress.js";
import { html } from "../template.js";
import theatre from "./theatre.js";

/** @typedef {import("../lesson.js").Act} Act @typedef {import("../lesson.js").Lesson} Lesson @typedef {import("../lesson.js").Call} Call */
/** @typedef {{ call: Call, request: import("../api.js").ApiRequest | null, status: number | null, wrong: string }} Made a call, and what came of it */

const LETTERS = "ABCD";
const DIRECTIONS = /** @type {const} */ ({ pull: ["pull"], push: ["push"], both: ["pull", "push"] });

/** @type {any[] | null} */
let list = null;
/** The lesson that is being taken, and how far one is in it. */
const fresh = () => ({
  name: "", lesson: /** @type {Lesson | null} */ (null), missing: false, act: 0, phase: /** @type {"told" | "called" | "played"} */ ("told"),
  made: /** @type {Made[]} */ ([]), facts: /** @type {Record<string, any>} */ ({}), story: /** @type {any} */ (null),
  asks: /** @type {number[]} the step before which each question is asked, -1 if there is none */ ([]),
  chosen: /** @type {Map<string, number>} act and question, to the option chosen */ (new Map()),
  left: -1, announced: "",
});
let at = fresh();

const act = () => /** @type {Act} */ (at.lesson?.acts[at.act]);
const inTheatre = () => at.phase === "played";
const inlineCode = (/** @type {string} */ text) => text.split("`").map((each, n) => n % 2 ? html`<code>${each}</code>` : each);
const prose = (/** @type {string} */ text) => inlineCode(fill(text, at.facts));
const key = (/** @type {number} */ question) => `${at.act}.${question}`;
const reached = () => [...at.chosen].filter(([name, option]) => {
  const [n, question] = name.split(".").map(Number);
  return at.lesson?.acts[n].questions[question].options[option].right;
}).length;
const asksInAll = () => at.lesson?.acts.reduce((sum, each) => sum + each.questions.length, 0) ?? 0;
const isLastAct = () => at.act + 1 === at.lesson?.acts.length;

// ── the list ─────────────────────────────────────────────────────────────────────────────────────────

function card(/** @type {any} */ each, /** @type {number} */ n) {
  const had = progress()[each.name];
  return html`<li data-key="${each.name}"><a class="panel lesson ${had?.done && "done"}" href="/lessons/${each.name}">
<span class="glyphs">${DIRECTIONS[/** @type {"both"} */ (each.direction)].map(directionGlyph)}</span>
<h2><span class="nr">${n + 1}</span> ${each.title}</h2><p>${each.learn}</p>
<span class="foot"><span>${each.asks} questions, ${each.minutes} minutes</span>${had?.done
    ? html`<span class="badge ok">${icon("check")}${had.right} of ${had.asked} right</span>`
    : had ? html`<span class="badge warn">begun</span>` : html`<span class="start">Start${icon("next")}</span>`}</span></a></li>`;
}

function listing() {
  const had = progress();
  const done = (list ?? []).filter((each) => had[each.name]?.done).length;
  return html`<header class="lessons-head"><div><h1 class="screen">Lessons</h1>
<p>Say what will happen, then watch it happen. Every lesson makes real payments in this sandbox, and its answers are what the books say.</p></div>
${list && html`<div class="had"><label for="had">${done} of ${list.length} taken</label><progress id="had" value="${done}" max="${list.length}"></progress>${Object.keys(had).length > 0 && html`<button class="plain-btn" data-do="forget">Forget my progress</button>`}</div>`}</header>
${list === null ? html`<p role="status">Looking for lessons …</p>` : html`<ol class="lessons">${list.map(card)}</ol>`}`;
}

// ── an act before it is played: what it tells, and the calls that make it ───────────────────────────────

function callLine(/** @type {Made} */ made, /** @type {number} */ n) {
  const method = made.call.post ? "POST" : "GET";
  const request = made.request ?? { method, path: made.call.post ?? made.call.get ?? "", body: made.call.body };
  return html`<li class="made-call ${made.wrong && "wrong"}" data-key="${at.act} ${n}"><div class="line"><span class="mark">${
    made.wrong ? icon("cross") : made.status ? icon("check") : html`<span class="no">${n + 1}</span>`}</span>
<span class="what">${made.call.say}</span><code class="path"><b>${method}</b> ${request.path}</code>${made.status !== null && html`<span class="rc ${made.wrong && "bad"}">${made.status || "no answer"}</span>`}</div>
<details><summary>as curl</summary><pre tabindex="0">${asCurl(request)}</pre></details>
${made.wrong && html`<p class="sorry">${made.wrong}</p>`}</li>`;
}

function told() {
  const lesson = /** @type {Lesson} */ (at.lesson);
  const failed = at.made.some((each) => each.wrong);
  return html`<div class="telling"><p class="kicker"><a href="/lessons">Lessons</a> · ${lesson.place} of ${list?.length ?? "…"}</p>
<header class="title">${DIRECTIONS[/** @type {"both"} */ (lesson.direction)].map(directionGlyph)}<div><h1 class="screen">${lesson.title}</h1><p>${lesson.learn}</p></div></header>
<section class="panel act" data-key="act ${at.act}" aria-labelledby="act"><p class="kicker">${lesson.acts.length > 1 ? `Part ${at.act + 1} of ${lesson.acts.length}` : "The story"}</p>
<h2 id="act" tabindex="-1">${act().title}</h2><p class="tell">${prose(act().tell)}</p>
<h3>These calls make it happen</h3><ol class="made-calls">${at.made.map(callLine)}</ol>
<div class="go">${at.phase === "called" && !failed ? html`<button class="btn" disabled data-key="go">Calling …</button>`
    : html`<button class="btn" data-do="make" data-key="go">${icon("play")}${failed ? "Try again" : "Make these calls"}</button>`}
${failed && html`<button class="btn ghost" data-do="mend">Take all faults and staged outcomes away</button>`}
<span class="note">They are real: your sandbox's books and its clock will move.</span></div></section></div>`;
}

/** @param {Call[]} calls @returns {Made[]} */
const unmade = (calls) => calls.map((each) => ({ call: each, request: null, status: null, wrong: "" }));

/** Make calls one after the other; whatever is not as expected ends it. @param {Made[]} made @param {string} story
 * @returns {Promise<string>} the id of whose story it is, empty if it went wrong */
async function makeCalls(made, story) {
  /** @type {Record<string, any>} */
  const replies = {};
  for (const each of made) {
    const wanted = asked(each.call, replies);
    const { status, body, request } = await call(wanted.method, wanted.path, wanted.body);
    Object.assign(each, { request, status });
    if (each.call.expect ? status !== each.call.expect : status !== 200 && status !== 201) each.wrong = body?.detail ?? body?.title ?? "That was not to be expected.";
    redraw();
    if (each.wrong) return "";
    if (each.call.as) replies[each.call.as] = body;
  }
  return replies[story].id;
}

async function make() {
  const mine = at;
  at.phase = "called";
  at.made = unmade(act().calls);
  redraw();
  const id = await makeCalls(at.made, act().story);
  const story = id ? await read(`/console/stories/${id}`) : null;
  if (mine !== at) return; // meanwhile somebody went elsewhere
  if (!story) {
    at.phase = "told";
    const last = at.made[at.made.length - 1];
    if (id) last.wrong = "Its story cannot be read.";
    say("That went wrong.");
  } else play(story);
  redraw();
}

// ── an act that is played in the theatre ─────────────────────────────────────────────────────────────

/** @param {any} story */
function play(story) {
  const facts = factsOf(act(), story, at.facts);
  const where = places(act(), story);
  if (where.includes(0) || Object.keys(act().facts).some((each) => !(each in facts))) {
    at.phase = "told";
    at.made[at.made.length - 1].wrong = "This went otherwise than the lesson tells: a fault, a staged outcome or a blocked card is in the way.";
    return;
  }
  const steps = theatre.play(story, where);
  Object.assign(at, { facts, story, phase: "played", asks: steps });
  guide.now = { furthest, asks: (n) => questionAt(n) >= 0 && !at.chosen.has(key(questionAt(n))), panel };
  say(`${act().title}. It has happened: step through it with the arrow keys.`);
}

/** The question that is asked when n steps are shown. @param {number} n */
const questionAt = (n) => at.asks.indexOf(n + 1);

/** How far one may go: to the first question that is not answered. @param {any[]} steps */
function furthest(steps) {
  const open = at.asks.filter((_, n) => !at.chosen.has(key(n)));
  return open.length ? Math.min(...open) - 1 : steps.length;
}

/** Whoever does not look is told what is asked, once. @param {number} question */
function announce(question) {
  if (at.announced === key(question) || at.chosen.has(key(question))) return;
  at.announced = key(question);
  const { ask, options } = act().questions[question];
  const text = fill(`Your prediction? ${ask} ${options.map((each, n) => `${LETTERS[n]}: ${each.say}.`).join(" ")}`, at.facts);
  setTimeout(() => say(text.replaceAll("`", "")));
  bringIntoView(".quiz");
}

/** On a phone the question stands below the messages. @param {string} selector */
function bringIntoView(selector) {
  if (!matchMedia("(max-width: 760px)").matches) return;
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(selector)?.scrollIntoView({ block: "nearest" })));
}

/** @param {number} n how many steps are shown */
function panel(n) {
  const question = questionAt(n);
  if (question >= 0) {
    announce(question);
    return quiz(question, n);
  }
  if (n === 0) return opening();
  return n === theatre.length() ? finale() : null;
}

function opening() {
  const { title, questions } = act();
  return html`<section class="panel quiz opening" data-key="opening ${at.act}"><p class="kicker">${at.lesson?.title} · ${questions.length} ${questions.length === 1 ? "question" : "questions"}</p><h2>${title}</h2><p>${prose(act().tell)}</p>
<p class="why">It has happened. Now watch it: play it, or step through it with the arrow keys. Before the steps that matter you are asked what will happen.</p></section>`;
}

/** @param {number} number @param {number} n */
function quiz(number, n) {
  const question = act().questions[number];
  const chosen = at.chosen.get(key(number));
  return html`<section class="panel quiz ${chosen !== undefined && "answered"}" data-key="quiz ${key(number)}" aria-labelledby="ask"><p class="kicker">${at.lesson?.title} · ${chosen === undefined ? `predict step ${n + 1}, then watch it` : `before step ${n + 1}`}</p>
<h2 id="ask">${prose(question.ask)}</h2><ol class="opts">${question.options.map((each, o) => html`<li data-key="${o}"><button class="opt ${chosen !== undefined && (each.right ? "right" : o === chosen && "wrong")}"
 data-do="answer" data-arg="${o}" ${chosen !== undefined && html`aria-disabled="true"`} aria-keyshortcuts="${LETTERS[o].toLowerCase()} ${o + 1}"><kbd>${LETTERS[o]}</kbd><span>${prose(each.say)}${chosen !== undefined && each.right && html`<span class="sr">, the right one</span>`}</span>${chosen !== undefined && (each.right ? icon("check") : o === chosen && icon("cross"))}</button></li>`)}</ol>
${chosen !== undefined && html`<div class="why">${!question.options[chosen].right && html`<p><b>Not quite.</b> ${prose(question.options[chosen].but ?? "")}</p>`}<p>${question.options[chosen].right && html`<b>Right.</b> `}${prose(question.why)}</p></div>
<div class="onward"><button class="btn" data-do="next" data-key="next">Watch step ${n + 1}${icon("next")}</button></div>`}</section>`;
}

function finale() {
  const lesson = /** @type {Lesson} */ (at.lesson);
  if (!isLastAct()) {
    return html`<section class="panel quiz finale" data-key="finale ${at.act}"><p class="kicker">${lesson.title} · part ${at.act + 1} of ${lesson.acts.length}</p><h2>${prose(act().end)}</h2>
<button class="btn" data-do="act" data-key="act">${lesson.acts[at.act + 1].title}${icon("next")}</button></section>`;
  }
  const [right, all] = [reached(), asksInAll()];
  return html`<section class="panel quiz finale" data-key="finale ${at.act}"><p class="kicker">${lesson.title} · ${right} of ${all} right</p><h2>${prose(act().end)}</h2>
<h3>Now leave the rails</h3><ul class="leave">${lesson.leave.map((each, n) => html`<li data-key="${n}"><div><b>${each.say}</b><p>${each.tell}</p>
${each.calls && html`<details><summary>${each.calls.length === 1 ? "its call" : `its ${each.calls.length} calls`}</summary><ol class="made-calls">${(at.left === n ? at.made : unmade(each.calls)).map(callLine)}</ol></details>`}</div>
${each.to ? html`<a class="btn ghost" href="${each.to}">Go</a>` : html`<button class="btn ghost" data-do="leave" data-arg="${n}" aria-label="Try it: ${each.say}">Try it</button>`}</li>`)}</ul>
<p class="ways"><a href="/shop">Try your own at the desk</a><button class="plain-btn" data-do="again">Take it again</button>${nextLesson()}</p></section>`;
}

function nextLesson() {
  const next = list?.[list.findIndex((each) => each.name === at.name) + 1];
  return next ? html`<a href="/lessons/${next.name}">Next: ${next.title}</a>` : html`<a href="/lessons">All lessons</a>`;
}

/** @param {number} option */
function answer(option) {
  const number = questionAt(theatre.position());
  const question = act()?.questions[number];
  if (!inTheatre() || !question?.options[option] || at.chosen.has(key(number))) return;
  at.chosen.set(key(number), option);
  const picked = question.options[option];
  const right = question.options.findIndex((each) => each.right);
  const verdict = picked.right ? "Right." : `Not quite. ${picked.but} The answer is ${LETTERS[right]}: ${question.options[right].say}.`;
  say(fill(`${verdict} ${question.why}`, at.facts).replaceAll("`", ""));
  bringIntoView(".quiz");
  keep(at.name, { right: reached(), asked: asksInAll(), done: at.chosen.size === asksInAll() });
  redraw();
}

// ── the screen ───────────────────────────────────────────────────────────────────────────────────────

/** @param {string} name */
async function load(name) {
  const mine = at;
  const lesson = await read(`/console/assets/lessons/${encodeURIComponent(name)}.json`);
  if (mine !== at) return;
  Object.assign(at, { lesson, missing: lesson === null, made: lesson ? unmade(lesson.acts[0].calls) : [] });
  redraw();
}

function begin(/** @type {number} */ n) {
  guide.now = null;
  Object.assign(at, { act: n, phase: "told", story: null, asks: [], left: -1, announced: "" });
  if (n === 0) Object.assign(at, { facts: {}, chosen: new Map() });
  at.made = unmade(act().calls);
  scrollTo(0, 0);
}

export default {
  title: "Lessons",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    guide.now = null;
    if (inTheatre()) theatre.close();
    at = { ...fresh(), name: params.name ?? "" };
    void read("/console/lessons").then((found) => { list = found ?? []; redraw() });
    if (at.name) void load(at.name);
  },
  close() {
    guide.now = null;
    if (inTheatre()) theatre.close();
    at = fresh();
  },
  view() {
    if (!at.name) return listing();
    if (at.missing) return html`<h1 class="screen">There is no such lesson</h1><p><a href="/lessons">All lessons</a></p>`;
    if (!at.lesson) return html`<p role="status">Opening the lesson …</p>`;
    return inTheatre() ? theatre.view() : told();
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
    act: () => begin(at.act + 1),
    again: () => begin(0),
    async leave(arg) {
      const chosen = at.lesson?.leave[Number(arg)];
      if (!chosen?.calls) return;
      at.left = Number(arg);
      at.made = unmade(chosen.calls);
      const id = await makeCalls(at.made, chosen.story ?? "");
      if (id) go(`/p/${id}`);
    },
  },
  /** @param {KeyboardEvent} event */
  key(event) {
    if (!inTheatre()) return;
    const option = /^[a-d]$/i.test(event.key) ? LETTERS.indexOf(event.key.toUpperCase()) : /^[1-4]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (option >= 0) return answer(option);
    theatre.key(event);
  },
};
