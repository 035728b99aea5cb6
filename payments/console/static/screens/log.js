// @ts-check
/** The screen “Log”: everything that happens, as it happens, to be searched; every line leads to the whole event. */
import { call } from "../api.js";
import { callActions, callBox } from "../calls.js";
import { eventWords } from "../event_words.js";
import { feed } from "../feed.js";
import { icon } from "../icons.js";
import { money } from "../money.js";
import { pointedAt, redraw, say } from "../page.js";
import { html } from "../template.js";
import { date, second } from "../times.js";
import { short } from "../words.js";

/** @typedef {import("../feed.js").SandboxEvent} SandboxEvent */

/** How many lines are shown at once. */
const SHOWN = 150;
/** How many older events are kept that one has asked for: with them, what the log keeps is bounded. */
const OLDER = 4000;
const PAGE = 500;

const state = {
  type: "",
  institution: "",
  reference: "",
  text: "",
  /** The position after which nothing is shown: somebody is reading. @type {number | null} */
  paused: null,
  /** The line that is open, by position. */
  open: 0,
  /** The position after which nothing is shown while somebody points at a line or reads one. @type {number | null} */
  held: null,
  /** @type {SandboxEvent[]} from before what the feed has, oldest first */
  older: [],
  shown: SHOWN,
  busy: false,
};

/** @type {(() => void) | null} */
let stop = null;
let visit = 0;

/** The kinds of things that happen, by the nouns of their types. @type {[string, string, RegExp][]} */
const KINDS = [
  ["message", "Messages", /^message\./],
  ["money", "Money", /^money\./],
  ["payment", "Payments and refunds", /^(payment|capture|refund|payment_reversal)/],
  ["push", "Pushes and pulls", /^(disbursement|funding|transfer|push|pull|screening|outcome)/],
  ["card", "Cardholder’s side", /^(transaction|card|account|notification|deposit|held_credit|return)/],
  ["network", "The network’s side", /^(network_|presentment|issuer_reversal|deferred|credit_notice|capital)/],
  ["settlement", "Settlement and payouts", /^(settlement|payout|net_position)/],
  ["clock", "Clock and jobs", /^(clock|job)\./],
  ["fault", "Faults", /^fault\./],
];

/** @returns {(event: SandboxEvent) => boolean} */
function wanted() {
  const { institution, reference } = state;
  const until = state.paused ?? state.held ?? Infinity;
  const pattern = KINDS.find(([name]) => name === state.type)?.[2];
  const text = state.text.trim().toLowerCase();
  return (event) => (!pattern || pattern.test(event.type)) && (!institution || event.institution === institution)
    && (!reference || event.reference === reference.trim()) && event.position <= until
    && (!text || searched(event).includes(text));
}

/** What a search looks through. @type {WeakMap<SandboxEvent, string>} */
const texts = new WeakMap();

/** @param {SandboxEvent} event */
function searched(event) {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = `${event.type} ${event.subject} ${event.reference} ${event.institution} ${JSON.stringify(event.data)} ${eventWords(event).text}`.toLowerCase();
  texts.set(event, text);
  return text;
}

/** The events there are to show, newest first, and how many more there would be. */
function chosen() {
  const fits = wanted();
  /** @type {SandboxEvent[]} */
  const found = [];
  let more = 0;
  const first = feed.events[0]?.position ?? Infinity;
  for (const [events, until] of /** @type {const} */ ([[feed.events, Infinity], [state.older, first]])) {
    for (let n = events.length - 1; n >= 0; n -= 1) {
      if (events[n].position >= until || !fits(events[n])) continue;
      if (found.length < state.shown) found.push(events[n]);
      else more += 1;
    }
  }
  return { found, more };
}

/** The position of the oldest event there is here. */
const oldest = () => state.older[0]?.position ?? feed.events[0]?.position ?? feed.last + 1;

/** What is asked of the API for older events: of one payment, all there are. */
const olderPath = () => state.reference.trim() ? `/v1/events?reference=${encodeURIComponent(state.reference.trim())}&limit=${PAGE}`
  : `/v1/events?after=${Math.max(0, oldest() - PAGE - 1)}&limit=${Math.min(PAGE, Math.max(1, oldest() - 1))}`;

async function loadOlder() {
  if (state.busy || oldest() <= 1) return;
  const mine = visit;
  state.busy = true;
  redraw();
  const before = oldest();
  const { status, body } = await call("GET", olderPath());
  if (mine !== visit) return;
  state.busy = false;
  if (status === 200) {
    const fresh = body.data.filter((/** @type {SandboxEvent} */ each) => each.position < before);
    state.older = [...fresh, ...state.older].slice(0, OLDER);
    state.shown = Math.min(state.shown + SHOWN, 4 * SHOWN);
  } else say("Older events could not be read. Ask once more when the server is there.");
  redraw();
}

/** Of one payment everything is wanted, however long ago. */
async function loadReference() {
  const reference = state.reference.trim();
  if (!/^[A-Za-z0-9_.-]{6,100}$/.test(reference)) return;
  const mine = visit;
  const { status, body } = await call("GET", `/v1/events?reference=${encodeURIComponent(reference)}&limit=${PAGE}`);
  if (mine !== visit || status !== 200 || state.reference.trim() !== reference) return;
  const known = new Set(state.older.map((each) => each.position));
  const fresh = body.data.filter((/** @type {SandboxEvent} */ each) => !known.has(each.position));
  state.older = [...state.older, ...fresh].sort((one, other) => one.position - other.position).slice(-OLDER);
  redraw();
}

// ── what it shows ──

const role = (/** @type {string} */ id) => feed.members.find((each) => each.id === id)?.role ?? "none";
const nameOf = (/** @type {string} */ id) => short(feed.members.find((each) => each.id === id)?.name ?? id);

/** Has an event a story that the theatre tells? @param {SandboxEvent} event */
const hasStory = ({ type, reference }) => reference && !reference.startsWith("win_") && !/^(settlement|capital)/.test(type);

/** Indented, but for lists of plain values. @param {any} value */
const json = (value) => JSON.stringify(value, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list) => `[${list.replace(/\s*\n\s*/g, " ")}]`);

/** What a money event wrote, transfer by transfer. @param {SandboxEvent} event */
const entry = ({ type, data }) => type.startsWith("money.") && html`<table class="entry"><thead><tr><th scope="col">What</th><th scope="col">Debit</th><th scope="col">Credit</th><th scope="col">Amount</th></tr></thead><tbody>${data.transfers.map((/** @type {any[]} */ [kind, debit, credit, minor, currency, purpose]) =>
  html`<tr><th scope="row">${purpose.replaceAll("_", " ")}${kind !== "transfer" && html` <span class="promised">${kind}</span>`}</th><td><a href="/books/${debit}">${debit}</a></td><td><a href="/books/${credit}">${credit}</a></td><td>${money(minor, currency)}</td></tr>`)}</tbody></table>`;

/** @param {SandboxEvent} event @param {SandboxEvent | undefined} above */
function line(event, above) {
  const { mark, text, amount, tone } = eventWords(event);
  const at = Date.parse(event.at);
  const open = state.open === event.position;
  const newDay = !above || date(Date.parse(above.at)) !== date(at);
  return html`${newDay && html`<li class="newday" data-key="d${event.position}">${date(at)}</li>`}<li class="${open && "open"} ${tone}" data-key="${event.position}"><div class="line"><button class="ev" data-do="open" data-arg="${event.position}" aria-expanded="${String(open)}"><span class="no">${event.position}</span><time datetime="${event.at}">${second(at)}</time><span class="mark m-${mark}">${mark}</span><span class="inst p-${role(event.institution)}"><i class="dot"></i>${nameOf(event.institution)}</span><span class="tx">${text}</span><b>${amount}</b></button>
${event.reference ? html`<button class="ref" data-do="refer" data-arg="${event.reference}" aria-label="Only ${event.reference}">${event.reference}</button>` : html`<span class="ref"></span>`}${hasStory(event) ? html`<a class="go" href="/p/${event.reference}" aria-label="Watch ${event.reference} in the theatre">${icon("play")}</a>` : html`<span class="go"></span>`}</div>
${open && html`<div class="whole"><dl><div><dt>Type</dt><dd><code>${event.type}</code></dd></div><div><dt>Subject</dt><dd><code>${event.subject}</code></dd></div><div><dt>At</dt><dd><code>${event.at}</code></dd></div>${event.type.startsWith("money.") && html`<div><dt>Books</dt><dd><a href="/books?n=${event.position}">as they stood after it</a></dd></div>`}</dl>${entry(event)}<pre tabindex="0" role="region" aria-label="The event as JSON">${json(event)}</pre>${callBox({ method: "GET", path: `/v1/events?after=${event.position - 1}&limit=1` })}</div>`}</li>`;
}

function filters() {
  const institutions = [...feed.members.map(({ id, name }) => [id, name]), ["sandbox", "The sandbox"]];
  const option = (/** @type {string} */ value, /** @type {string} */ name, /** @type {string} */ current) => html`<option value="${value}" ${value === current && html`selected`}>${name}</option>`;
  return html`<form class="panel filters" role="search" aria-label="Filter the log" data-do="nothing">
<label>What<select data-do="filterType">${option("", "Everything", state.type)}${KINDS.map(([value, name]) => option(value, name, state.type))}</select></label>
<label>Who<select data-do="filterInstitution">${option("", "Everybody", state.institution)}${institutions.map(([value, name]) => option(value, name, state.institution))}</select></label>
<label>Reference<input data-do="filterReference" value="${state.reference}" placeholder="528700100066" autocomplete="off" spellcheck="false"></label>
<label class="wide">Text<input type="search" data-do="filterText" value="${state.text}" placeholder="declined, 0100, nora …" autocomplete="off" spellcheck="false"></label>
${filtered() && html`<button type="button" class="btn ghost small" data-do="clear">Show everything</button>`}
<button type="button" class="btn ghost" data-do="pause" aria-pressed="${String(state.paused !== null)}">${icon(state.paused === null ? "pause" : "play")}${state.paused === null ? "Pause" : `Go on${waiting() ? ` (${waiting()} new)` : ""}`}</button></form>`;
}

const filtered = () => Boolean(state.type || state.institution || state.reference || state.text);
const waiting = () => Math.max(0, feed.last - (state.paused ?? state.held ?? feed.last));

function view() {
  state.held = pointedAt("log") || state.open ? state.held ?? feed.last : null;
  const { found, more } = chosen();
  return html`<div class="log ${feed.last && "ready"}" data-last="${feed.last}"><div class="hd"><h1 class="screen">Log</h1><p>Everything that happened, newest first: one append-only list, from which this whole page is computed. ${feed.last.toLocaleString("en-US")} events so far${state.paused === null && waiting() > 0 && `, ${waiting()} of them wait above until you look up`}.</p></div>
${filters()}
<section class="panel events" aria-label="Events">${found.length ? html`<ol data-still="log">${found.map((each, n) => line(each, found[n - 1]))}</ol>` : html`<p class="none">${filtered() ? "Nothing here fits." : "Nothing has happened yet."}</p>`}
${feed.last > 0 && html`<footer><span>${found.length} shown${more ? `, ${more.toLocaleString("en-US")} more here` : ""}, back to event ${oldest().toLocaleString("en-US")}.</span>${more > 0 && html`<button class="btn ghost small" data-do="more">Show more</button>`}${oldest() > 1 && html`<button class="btn ghost small" data-do="older" ${state.busy && html`disabled`}>Older events</button>`}
<details data-key="call"><summary>The call behind this</summary>${callBox({ method: "GET", path: olderPath() })}</details></footer>`}</section></div>`;
}

// ── what one can do ──

let noting = 0;

/** Something else is looked for: the address says what. */
function look() {
  state.shown = SHOWN;
  clearTimeout(noting);
  noting = setTimeout(() => {
    const query = new URLSearchParams(Object.entries({ type: state.type, institution: state.institution, reference: state.reference, text: state.text }).filter(([, value]) => value));
    history.replaceState(null, "", `/log${query.size ? `?${query}` : ""}`);
    if (state.reference) void loadReference();
  }, 300);
}

/** @param {number} direction */
function select(direction) {
  const { found } = chosen();
  const here = found.findIndex((each) => each.position === state.open);
  const next = found[Math.max(0, Math.min(found.length - 1, here + direction))];
  if (!next) return;
  state.open = next.position;
  redraw();
  const before = document.activeElement; // who has gone elsewhere meanwhile is left there
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (document.activeElement === before) /** @type {HTMLElement | null} */ (document.querySelector(".ev[aria-expanded=true]"))?.focus();
  }));
}

export default {
  title: "Log",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    visit += 1;
    Object.assign(state, { type: query.get("type") ?? "", institution: query.get("institution") ?? "", reference: query.get("reference") ?? "", text: query.get("text") ?? "" });
    Object.assign(state, { paused: null, open: 0, older: [], shown: SHOWN, busy: false });
    stop ??= feed.on((topic) => {
      if (topic === "run") {
        state.older = [];
        if (state.reference) void loadReference();
      }
      if (topic === "events" || topic === "run") redraw();
    });
    if (state.reference) void loadReference();
  },
  close() {
    stop?.();
    stop = null;
    visit += 1;
    clearTimeout(noting);
    state.older = [];
  },
  view,
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: {
    ...callActions,
    nothing() {},
    filterType: (_, element) => { state.type = element.value; look() },
    filterInstitution: (_, element) => { state.institution = element.value; look() },
    filterReference: (_, element) => { state.reference = element.value; look() },
    filterText: (_, element) => { state.text = element.value; look() },
    refer: (arg) => { state.reference = state.reference === arg ? "" : arg; look() },
    clear: () => { Object.assign(state, { type: "", institution: "", reference: "", text: "" }); look() },
    pause: () => { state.paused = state.paused === null ? feed.last : null },
    open: (arg) => { state.open = state.open === Number(arg) ? 0 : Number(arg) },
    more: () => { state.shown = Math.min(state.shown + SHOWN, 4 * SHOWN) },
    older: () => void loadOlder(),
  },
  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof Element && event.target.closest("button:not(.ev), a, summary, pre") && event.key === " ") return;
    if (event.key === "ArrowDown" || event.key === "j") { event.preventDefault(); select(1) }
    if (event.key === "ArrowUp" || event.key === "k") { event.preventDefault(); select(-1) }
    if (event.key === "p") { state.paused = state.paused === null ? feed.last : null; redraw() }
    if (event.key === "/") { event.preventDefault(); /** @type {HTMLElement | null} */ (document.querySelector(".filters input[type=search]"))?.focus() }
  },
};
