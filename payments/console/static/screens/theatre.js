// @ts-check
/** The screen “Theatre”: one story, step by step, as it happens or as one likes to look at it. */
import { asCurl, call, read } from "../api.js";
import { eventsFile, mermaid, readShareFile, shareFile, svg } from "../export.js";
import { feed } from "../feed.js";
import { guide } from "../guide.js";
import { directionGlyph, icon } from "../icons.js";
import { money } from "../money.js";
import { common, go, redraw, say } from "../page.js";
import { stepOf, tell } from "../story.js";
import { html } from "../template.js";
import { given, short } from "../words.js";
import { booksView } from "./theatre-books.js";
import { inspectorView } from "./theatre-message.js";
import { messagesView } from "./theatre-messages.js";

/** @typedef {import("../story.js").Told} Told @typedef {import("../story.js").Story} Story */

const PACE = 900;
const FIRST = { merchant: "mch_blue_door_books", amount: 5841, currency: "USD", card: { id: "card_nora_patel", entry_mode: "contactless" }, capture: true, description: "two books" };
const PUSH = { sender: "snd_city_of_alder", amount: 25000, currency: "USD", card: { id: "card_nora_patel" }, channel: "mobile_app", business_application: "GD", recipient_name: "Nora Patel" };

const fresh = () => ({
  wanted: "", told: /** @type {Told | null} */ (null), n: 0, mode: /** @type {"live" | "step"} */ ("live"), tab: "fields", playing: false, moves: false,
  state: /** @type {"loading" | "there" | "empty" | "missing" | "gone"} */ ("loading"), shared: false, problem: "",
  list: /** @type {any[]} */ ([]), faults: /** @type {any[] | null} */ (null), due: /** @type {any} */ (null), made: /** @type {import("../api.js").ApiRequest | null} */ (null), busy: false,
});
let st = fresh();
/** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
/** @type {Map<() => unknown, ReturnType<typeof setTimeout>>} what is to be done soon, once, however often it is asked for */ const soon = new Map();
/** @type {() => void} */ let deaf = () => {};
let visit = 0;

const length = () => st.told?.steps.length ?? 0;
const lowest = () => (guide.now ? 0 : Math.min(1, length()));
const furthest = () => (guide.now && st.told ? Math.min(guide.now.furthest(st.told.steps), length()) : length());
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const atHome = () => location.pathname === "/";

// ── coming and going ─────────────────────────────────────────────────────────────────────────────────────

/** @param {string} id @returns {Promise<boolean>} */
async function load(id) {
  const mine = visit;
  const story = await read(`/console/stories/${encodeURIComponent(id)}`);
  if (mine !== visit) return false;
  if (!story) return false;
  show(story);
  return true;
}

/** @param {Story} story */
function show(story) {
  const before = st.told?.story.id === story.id ? st.told.steps[st.n - 1]?.key : undefined;
  st.told = tell(story);
  st.state = "there";
  if (before) st.n = st.told.steps.find((each) => each.key === before)?.n ?? Math.min(st.n, length());
}

async function newest() {
  const found = await read("/console/stories?limit=12");
  if (found) st.list = found.data;
  return st.list;
}

/** @param {string} wanted @param {number | null} n */
async function begin(wanted, n) {
  const mine = visit;
  const list = await newest();
  if (mine !== visit) return;
  const id = wanted && wanted !== "latest" ? wanted : list[0]?.id;
  if (!id) st.state = "empty";
  else if (!(await load(id))) { if (mine === visit) st.state = "missing" }
  if (mine !== visit) return;
  if (wanted === "latest" && id) history.replaceState(null, "", `/p/${id}${location.search}`);
  if (st.told) start(n);
  redraw();
  requestAnimationFrame(() => requestAnimationFrame(keepInView));
  void look();
}

/** @param {number | null} n the step to stand at, or null: play it */
function start(n) {
  if (n !== null || calm()) {
    st.mode = n === null ? "live" : "step";
    st.n = Math.min(Math.max(n ?? length(), lowest()), length());
  } else {
    st.mode = "live";
    st.n = lowest();
    play(true);
  }
}

/** What the transport shows beside the story: faults that are armed, and what falls due next. */
async function look() {
  const mine = visit;
  const [faults, due] = await Promise.all([call("GET", "/v1/sandbox/faults"), call("GET", "/v1/sandbox/due")]);
  if (mine !== visit) return;
  if (faults.status === 200) st.faults = faults.body.data;
  if (due.status === 200) st.due = due.body.data[0] ?? null;
  redraw();
}

/** @param {string} topic @param {any[]} events */
function heard(topic, events) {
  if (topic === "run" && st.state !== "loading" && !st.shared) return void reopen();
  if (topic !== "events" || st.shared) return;
  if (events.some((each) => /^(fault|clock|job)\./.test(each.type))) later(look, 300);
  if (guide.now) return;
  const references = st.told?.story.references ?? [];
  const ours = events.some((each) => references.includes(each.reference) || /^(settlement\.settled|settlement_notice\.answered|payout\.paid|transfer\.)/.test(each.type));
  const other = atHome() && st.mode === "live" && events.some((each) => /^(payment|disbursement|funding)\.(pending|held)$/.test(each.type) && !references.includes(each.reference));
  if (st.told && ours) later(follow, 200);
  else if (other || st.state === "empty") later(change, st.playing ? 3000 : 250);
}

/** @param {() => unknown} what @param {number} wait */
function later(what, wait) {
  clearTimeout(soon.get(what));
  soon.set(what, setTimeout(what, wait));
}

/** The story has gone on: tell it anew, and play on if somebody watches it live. */
async function follow() {
  if (!st.told) return;
  const before = length();
  const id = st.told.story.id;
  const [list] = await Promise.all([newest(), load(id)]);
  void list;
  if (st.mode === "live" && length() > before && st.n >= before && !st.playing) play(true);
  redraw();
}

/** Something new has begun while nobody looks at anything else. */
async function change() {
  if (st.playing) return later(change, 1000);
  const [first] = await newest();
  if (!first || first.id === st.told?.story.id) return redraw();
  if (await load(first.id)) start(null);
  redraw();
  void look();
}

function reopen() {
  const { wanted } = st;
  stop();
  visit += 1;
  st = { ...fresh(), wanted };
  void begin(wanted, null);
}

// ── the transport ────────────────────────────────────────────────────────────────────────────────────────

/** @param {number} n @param {boolean} [moving] whether what is new is shown as it comes */
function stand(n, moving = false) {
  const to = Math.min(Math.max(n, lowest()), furthest());
  st.moves = moving && to === st.n + 1;
  if (to === st.n) return;
  st.n = to;
  const step = st.told?.steps[to - 1];
  if (step && !st.playing) say(`${to} of ${length()}. ${nameOf(step.from)} to ${nameOf(step.to)}: ${step.code} ${step.rc} ${step.label}.${step.lost ? " It is lost." : ""}`);
  redraw();
  requestAnimationFrame(() => requestAnimationFrame(keepInView));
}

/** The current message stays in view inside its list, where that scrolls. */
function keepInView() {
  const now = document.querySelector(".m.now");
  const list = document.querySelector(".msgs");
  if (!(now instanceof HTMLElement) || !(list instanceof HTMLElement) || list.scrollHeight <= list.clientHeight + 1) return;
  const [top, bottom] = [now.offsetTop, now.offsetTop + now.offsetHeight];
  if (top < list.scrollTop + 24) list.scrollTop = top - 24;
  else if (bottom > list.scrollTop + list.clientHeight - 40) list.scrollTop = bottom - list.clientHeight + 40;
}

/** @param {boolean} on */
function play(on) {
  clearTimeout(timer);
  st.playing = on && st.n < furthest();
  if (!on || !st.told) return;
  if (!st.playing && st.n >= length() && !guide.now) {
    st.n = lowest();
    st.playing = length() > 1;
  }
  if (st.playing) timer = setTimeout(tick, PACE);
}

function tick() {
  stand(st.n + 1, true);
  st.playing = st.n < furthest();
  if (st.playing) timer = setTimeout(tick, PACE);
  redraw();
}

function stop() {
  clearTimeout(timer);
  st.playing = false;
}

/** Somebody took it into their own hands. @param {number} n @param {boolean} [moving] */
function goTo(n, moving = false) {
  stop();
  st.mode = "step";
  stand(n, moving);
  address();
}

/** The address says what one looks at, so that it can be shared. */
function address() {
  if (guide.now || st.shared || !st.told) return;
  history.replaceState(null, "", `/p/${st.told.story.id}${st.mode === "step" ? `?n=${st.n}` : ""}`);
}

/** @param {string} id */
const nameOf = (id) => st.told?.lanes.find((each) => each.id === id)?.name ?? id;

// ── what it looks like ───────────────────────────────────────────────────────────────────────────────────

const KINDS = { payment: "Card purchase", disbursement: "Disbursement", transfer: "Person to person", funding: "Account funding", deposit: "Money paid in", top_up: "Money paid in", payout: "Payout" };

/** @param {Story} story */
export const titleOf = (story) => `${KINDS[/** @type {"payment"} */ (story.kind)] ?? story.kind}, ${money(story.amount, story.currency)}`;

/** @param {Story} story */
export function subtitleOf(story) {
  const who = (/** @type {string} */ role) => story.parties.find((each) => each.role === role)?.name ?? "somebody";
  const issuer = short(who("issuer"));
  if (story.kind === "payment") return `Pull: ${short(who("merchant"))} asks, ${given(who("cardholder"))}’s bank answers, the money comes back.`;
  if (story.kind === "funding") return `Pull: ${short(who("sender"))} asks, ${issuer} debits ${given(who("cardholder"))} at once.`;
  if (story.kind === "transfer") return `A pull, then a push: from ${given(who("cardholder"))} to ${given(who("recipient"))}, through ${short(who("sender"))}.`;
  if (story.kind === "disbursement") return `Push: ${who("sender")} starts it, instruction and money travel the same way.`;
  return "Money on its way to where it can be used.";
}

/** @param {Told} told */
function header(told) {
  const { story } = told;
  return html`<div class="title" data-key="title">${directionGlyph(story.direction)}<div class="what"><h1>${titleOf(story)}</h1><p>${subtitleOf(story)} <span class="id">${story.id}</span></p></div>
${recent()}${stagesView(told)}</div>`;
}

function recent() {
  if (guide.now || st.list.length < 2 && !st.shared) return null;
  return html`<details class="menu recent" data-key="recent"><summary>Just now</summary><ol>${st.list.map((each) => html`<li data-key="${each.id}"><a href="/p/${each.id}" ${each.id === st.told?.story.id && html`aria-current="page"`}>${directionGlyph(each.direction)}<span>${each.parties.find((/** @type {any} */ one) => /cardholder|sender/.test(one.role))?.name} <small>${KINDS[/** @type {"payment"} */ (each.kind)]}, ${each.status}</small></span><b>${money(each.amount, each.currency)}</b></a></li>`)}</ol></details>`;
}

/** @param {Told} told */
function stagesView(told) {
  let open = true;
  return html`<ol class="stages" data-key="stages" aria-label="How far it has come">${told.stages.map((each) => {
    const done = each.n !== null && each.n <= st.n;
    const now = !done && open;
    if (!done) open = false;
    if (guide.now && !done) return null; // what will come is to be guessed
    return html`<li class="${done ? (each.bad ? "done bad" : "done") : now ? "now" : ""}" data-key="${each.name}"><i>${done && icon(each.bad ? "cross" : "check")}</i>${each.name}<span class="sr">${done ? ", done" : now ? ", next" : ", not yet"}</span></li>`;
  })}</ol>`;
}

/** @param {Told} told */
function transport(told) {
  const [n, all] = [st.n, length()];
  const at = (/** @type {number} */ k) => `${all > 1 ? ((k - 1) / (all - 1)) * 100 : 0}%`;
  const step = told.steps[n - 1];
  const hidden = (/** @type {number} */ k) => guide.now && k > furthest();
  const armed = st.faults?.length ?? 0;
  return html`<div class="transport" data-key="transport" role="group" aria-label="Transport"><div class="tbtns"><button data-do="theatre-go" data-arg="first" aria-label="First step" ${n <= lowest() && html`aria-disabled="true"`}>${icon("first")}</button><button data-do="theatre-go" data-arg="back" aria-label="Step back" ${n <= lowest() && html`aria-disabled="true"`}>${icon("prev")}</button><button class="play" data-do="theatre-play">${icon(st.playing ? "pause" : "play")}${st.playing ? "Pause" : "Play"}</button><button data-do="theatre-go" data-arg="on" aria-label="Step forward" ${n >= furthest() && html`aria-disabled="true"`}>${icon("next")}</button><button data-do="theatre-go" data-arg="last" aria-label="Last step" ${n >= furthest() && html`aria-disabled="true"`}>${icon("last")}</button></div>
<div class="pos" data-n="${n}">${n} / ${all}<small>${step ? step.at.slice(11, 19) : ""}</small></div>
<div class="scrub ${all > 16 && "many"}" data-key="scrub"><input type="range" min="${lowest()}" max="${all}" value="${n}" data-do="theatre-scrub" aria-label="Position in the story" aria-valuetext="${step ? `Step ${n} of ${all}: ${step.label}` : "Before the first step"}"><span class="bar"></span><span class="fill" css="width:${at(Math.max(n, 1))}"></span>${told.steps.map((each) => html`<span class="tk p-${hidden(each.n) ? "network" : told.lanes[told.index[each.from]]?.role} ${each.n < n ? "past" : each.n === n ? "now" : ""}" data-key="t${each.n}" css="left:${at(each.n)}"></span>`)}${told.phases.filter((each, k) => !k || each.first - told.phases[k - 1].first > all / 12 || k === told.phases.length - 1).filter((each) => !guide.now || each.first <= n).map((each) => html`<span class="ph" data-key="p${each.first}" css="left:${at(each.first)}">${each.name}</span>`)}</div>
<div class="seg" role="group" aria-label="Mode"><button data-do="theatre-mode" data-arg="live" aria-pressed="${!guide.now && st.mode === "live"}">Live</button><button data-do="theatre-mode" data-arg="step" aria-pressed="${!guide.now && st.mode === "step"}">Step</button><button data-do="theatre-mode" data-arg="lesson" aria-pressed="${Boolean(guide.now)}">Lesson</button></div>
${exportMenu()}<a class="faultbtn ${armed && "armed"}" href="/shop">${icon("bolt")}Faults: ${armed || "none"}</a></div>`;
}

function exportMenu() {
  return html`<details class="menu export" data-key="export"><summary>${icon("share")}Export</summary><div><button data-do="theatre-export" data-arg="svg">Picture (SVG)</button><button data-do="theatre-export" data-arg="mmd">Mermaid text</button><button data-do="theatre-export" data-arg="json">Events (JSON)</button><button data-do="theatre-export" data-arg="share">Share file</button><label class="open">Open a share file …<input type="file" accept=".json,application/json" data-do="theatre-open"></label><p>A share file replays without the sandbox: drop it on this page.</p></div></details>`;
}

function emptyView() {
  return html`<section class="panel empty" data-key="empty"><h1>Nothing has been paid here yet</h1><p>Make the first payment, and watch who says what to whom, and what it does to each party’s books.</p>
<div class="firsts">${[["pull", "Nora taps her card for $58.41", "/v1/payments", FIRST], ["push", "The city pushes $250.00 to Nora", "/v1/disbursements", PUSH]].map(([way, label, path, body]) => html`<div data-key="${way}"><button class="btn" data-do="theatre-first" data-arg="${way}" ${st.busy && html`aria-disabled="true"`}>${directionGlyph(/** @type {"pull"} */ (way))}${label}</button><pre tabindex="0" aria-label="The API call">${asCurl({ method: "POST", path: /** @type {string} */ (path), body })}</pre></div>`)}</div>
${st.problem && html`<p class="sorry" role="alert">${st.problem}</p>`}<p class="more">Or go to the <a href="/shop">shop and desk</a>, or take a <a href="/lessons">lesson</a>.</p></section>`;
}

/** @param {Told} told */
const stage = (told) => html`<div class="theatre ${st.moves && "moves"} ${st.playing && "playing"}" data-key="theatre" data-n="${st.n}" data-of="${length()}" data-story="${told.story.id}">${header(told)}
<div class="grid">${messagesView(told, st.n, { due: st.shared || guide.now ? null : st.due, made: st.made, busy: st.busy })}
<div class="rightcol">${guide.now?.panel(st.n) ?? inspectorView(told, st.n, st.tab)}${booksView(told, st.n)}</div></div>${st.shared && html`<p class="shared" role="status">This story comes from a file. <button class="plain-btn" data-do="theatre-leave">Back to the sandbox</button></p>`}${st.problem && html`<p class="sorry" role="alert">${st.problem}</p>`}${transport(told)}</div>`;

// ── what one can do ──────────────────────────────────────────────────────────────────────────────────────

/** @param {string} name @param {string} text @param {string} type */
function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {File | undefined} file */
async function openFile(file) {
  if (!file) return;
  try {
    const story = readShareFile(await file.text());
    stop();
    visit += 1;
    st = { ...fresh(), shared: true, list: st.list, state: "there" };
    show(story);
    start(null);
    say(`${titleOf(story)} was opened from a file.`);
  } catch (error) {
    st.problem = error instanceof Error ? error.message : String(error);
  }
  redraw();
}

/** @param {DragEvent} event */
function dropped(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (event.type === "drop") void openFile(event.dataTransfer.files[0]);
}

/** @type {Record<string, (arg: string, element: any, event: any) => void>} */
const actions = {
  "theatre-go"(arg) {
    const to = { first: lowest(), back: st.n - 1, on: st.n + 1, last: furthest() }[arg] ?? Number(arg);
    goTo(to, arg === "on");
  },
  "theatre-play"() {
    if (st.playing) return stop();
    play(true);
  },
  "theatre-scrub": (_, element) => goTo(Number(element.value)),
  "theatre-tab"(arg, element) {
    st.tab = arg;
    element.focus?.();
  },
  "theatre-mode"(arg) {
    if (arg === "lesson") return guide.now ? undefined : go("/lessons");
    if (guide.now) return go(`/p/${st.told?.story.id}?n=${st.n}`);
    st.mode = arg === "live" ? "live" : "step";
    if (arg === "live") {
      st.n = Math.max(st.n, lowest());
      if (st.n < length()) play(true);
    } else stop();
    address();
  },
  "theatre-export"(arg) {
    if (!st.told) return;
    const { story } = st.told;
    if (arg === "svg") save(`${story.id}.svg`, svg(st.told, titleOf(story)), "image/svg+xml");
    if (arg === "mmd") save(`${story.id}.mmd`, mermaid(st.told), "text/plain");
    if (arg === "json") save(`${story.id}.events.json`, eventsFile(story), "application/json");
    if (arg === "share") save(`${story.id}.story.json`, shareFile(story), "application/json");
  },
  "theatre-open": (_, element) => void openFile(element.files?.[0]),
  "theatre-leave": () => go("/"),
  async "theatre-first"(arg) {
    if (st.busy) return;
    st.busy = true;
    const { status, body } = arg === "pull" ? await call("POST", "/v1/payments", FIRST) : await call("POST", "/v1/disbursements", PUSH);
    st.busy = false;
    if (status !== 201) st.problem = body?.detail ?? body?.title ?? "It did not work.";
    else await change();
    redraw();
  },
  async "theatre-wind"() {
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
  },
};
Object.assign(common, actions);

/** Arrow keys go from tab to tab. @param {KeyboardEvent} event */
function turn(event) {
  const tabs = [...document.querySelectorAll("[role=tab]")].map((each) => each.id.slice("tab-".length));
  st.tab = tabs[(tabs.indexOf(st.tab) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
  event.preventDefault();
  document.getElementById(`tab-${st.tab}`)?.focus();
  redraw();
}

/** @param {KeyboardEvent} event */
function key(event) {
  const on = event.target instanceof Element ? event.target : null;
  if (on?.closest("input[type=range]") || !st.told) return;
  const arrows = { ArrowRight: () => goTo(st.n + 1, true), ArrowLeft: () => goTo(st.n - 1), Home: () => goTo(lowest()), End: () => goTo(furthest()) }[event.key];
  const space = event.key === " " && !on?.closest("button, a, summary, [role=tab]") ? () => actions["theatre-play"]("", null, event) : null;
  if (on?.closest("[role=tablist]") && /^Arrow(Left|Right)$/.test(event.key)) return turn(event);
  const what = arrows ?? space;
  if (!what) return;
  event.preventDefault();
  what();
  redraw();
}

export default {
  title: "Theatre",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    stop();
    deaf();
    visit += 1;
    const n = query.has("n") ? Number(query.get("n")) || 1 : null;
    if (st.told && st.told.story.id === params.id && !st.shared && n !== null) {
      goTo(n);
      st.state = "there";
    } else {
      st = { ...fresh(), wanted: params.id ?? "", list: st.list };
      void begin(params.id ?? "", n);
    }
    deaf = feed.on(heard);
    for (const type of ["dragover", "drop"]) document.addEventListener(type, /** @type {any} */ (dropped));
  },
  close() {
    stop();
    deaf();
    for (const each of soon.values()) clearTimeout(each);
    visit += 1;
    for (const type of ["dragover", "drop"]) document.removeEventListener(type, /** @type {any} */ (dropped));
  },
  view() {
    if (st.told && st.state === "there") return stage(st.told);
    if (st.state === "empty") return emptyView();
    if (st.state === "missing") return html`<section class="panel empty" data-key="missing"><h1>There is no such story</h1><p>Nothing in this sandbox has the id ${st.wanted}. Perhaps it was reset. <a href="/">Look at the newest</a>.</p></section>`;
    return html`<p class="boot" role="status">Opening the theatre …</p>`;
  },
  actions,
  key,

  // ── for lessons, which are taken in the theatre ──
  /** Show a story from its beginning, for a lesson. @param {Story} story @param {number[]} positions of events
   * @returns {number[]} the step that each of these events belongs to; -1 for none */
  play(story, positions) {
    stop();
    visit += 1;
    st = { ...fresh(), mode: "step", state: "there", wanted: story.id };
    show(story);
    st.n = 0;
    return positions.map((each) => (st.told ? stepOf(st.told, each) : 0) || -1);
  },
  /** How many steps are shown. */
  position: () => st.n,
  length,
  /** Go some steps on, or back. @param {number} by */
  step: (by) => goTo(st.n + by, by === 1),
};
