// @ts-check
/** The screen “Books”: what everybody owns and owes, what is cleared between the members, and its settlement. */
import { call, trouble } from "../api.js";
import { callActions, callBox, callLine } from "../calls.js";
import { none } from "../clearing.js";
import { ranWords } from "../clock.js";
import { day, keep, letGo, momentAt } from "../day.js";
import { feed } from "../feed.js";
import { icon } from "../icons.js";
import { trialBalance } from "../ledger.js";
import { amount } from "../money.js";
import { redraw, say } from "../page.js";
import { html } from "../template.js";
import { date, hour, rfc3339, when } from "../times.js";
import { funnel, netPositions, throughTheDay, whoOwesWhom } from "./books/between.js";
import { banks, listed, look, lookedAt, members, ms, networkBook } from "./books/look.js";
import { balanceSheet, check, trial } from "./books/sheets.js";

/** @typedef {import("../clearing.js").SettlementWindow} SettlementWindow */
/** @typedef {import("../day.js").Moment} Moment */

// ── the head: which window, what can be done with it, and by which calls ──

/** @param {SettlementWindow} window */
function told(window) {
  const closes = `${date(ms(window.closes_at))} ${hour(ms(window.closes_at))}`;
  const settles = window.settles_at ? `on ${when(ms(window.settles_at), 0)}` : "on the next business day";
  if (window.status === "settled") return html`This window is <b>settled</b>: the money has moved between the banks.`;
  if (window.status === "closed") return html`This window is <b>closed</b>. It is settled ${settles}, by the sandbox’s clock.`;
  return html`This window is <b>open</b>. It closes on ${closes} and is settled ${settles}, by the sandbox’s clock.`;
}

/** The calls behind the two buttons. @param {SettlementWindow} window */
const windTo = (window, /** @type {"closes_at" | "settles_at"} */ time) =>
  ({ method: "POST", path: "/v1/sandbox/clock/wind", body: { to: rfc3339(ms(window[time])) } });

/** @param {SettlementWindow} window */
function buttons(window) {
  if (look.at !== null) return html`<button class="btn" data-key="now" data-do="toNow">Back to now</button>`;
  const open = window.status === "open";
  const nowOpen = Object.values(day.now.windows).find((each) => each.status === "open");
  if (window.status === "settled") {
    return html`<button class="btn ghost" data-key="open" data-do="window" data-arg="${nowOpen?.id ?? ""}">Go to the open window</button>`;
  }
  const settle = html`<button class="btn" data-key="settle" data-do="settle" ${(look.busy || !window.settles_at) && html`disabled`} title="${JSON.stringify(windTo(window, "settles_at").body)}">${open ? "Close window and settle" : `Settle, ${when(ms(window.settles_at), feed.now())}`}</button>`;
  return open ? html`<button class="btn ghost" data-key="advance" data-do="advance" ${look.busy && html`disabled`} title="${JSON.stringify(windTo(window, "closes_at").body)}">Advance to ${when(ms(window.closes_at), feed.now())}</button>${settle}` : settle;
}

/** @param {SettlementWindow} window */
const theCalls = (window) => look.at === null && window.status !== "settled" && html`<details class="thecalls" data-key="calls"><summary>The calls behind these buttons</summary><div>
${window.status === "open" && html`<p>Advance: everything due on the way runs in order, the acquirers’ cut-off among it.</p>${callBox(windTo(window, "closes_at"), "advance")}`}
${window.settles_at && html`<p>Settle: the network nets the window, the settlement bank moves the money, every member books it.</p>${callBox(windTo(window, "settles_at"), "settle")}`}</div></details>`;

/** The call that was made, and what came of it. */
function theAnswer() {
  if (!look.done) return null;
  const said = look.done.status === 200 ? ranWords(look.done.reply.ran) : look.done.problem;
  return html`<div class="panel told" data-key="told" role="status"><span class="badge ${look.done.status === 200 ? "ok" : "bad"}">${look.done.status || "no answer"}</span>
<div>${callLine(look.done.request)}<p>${said}</p></div><details data-key="form"><summary>as curl, Python, .http</summary>${callBox(look.done.request)}</details>
<button class="icon-btn" data-do="forget" aria-label="Close">${icon("cross")}</button></div>`;
}

/** @param {Moment} moment @param {SettlementWindow} window */
function head(moment, window) {
  const wrong = day.books.flatMap(({ id, name }) => Object.entries(trialBalance(moment.balances, id).out).filter(([, out]) => out).map(([one, out]) => `${name}: ${amount(out, one)} ${one}`));
  const currencies = currenciesOf(moment);
  return html`<div class="hd" data-key="hd"><div class="what"><h1 class="screen">Books &amp; settlement</h1><p>${told(window)}</p></div>
<div class="acts">${wrong.length ? html`<span class="badge bad big" data-key="badge">Out of balance: ${wrong.join(", ")}</span>`
    : html`<span class="badge ok big" data-key="badge">Every book balances, ${amount(0, look.currency)} out</span>`}${buttons(window)}</div>
<div class="pick"><label>Window of <select data-do="window">${listed(moment).reverse().map((each) => html`<option value="${each.id}" ${each.id === window.id && html`selected`}>${date(ms(each.closes_at))}, ${each.status}</option>`)}</select></label>${theCalls(window)}
<div class="seg" role="group" aria-label="Currency">${currencies.map((each) => html`<button data-key="${each}" data-do="currency" data-arg="${each}" aria-pressed="${String(each === look.currency)}">${each}</button>`)}</div></div></div>`;
}

/** @param {Moment} moment */
const currenciesOf = (moment) => [...new Set(Object.values(day.accounts).map((each) => each.currency))].sort((one, other) =>
  cleared(moment, other) - cleared(moment, one) || (one === "USD" ? -1 : other === "USD" ? 1 : one < other ? -1 : 1));

/** @param {Moment} moment @param {string} of */
const cleared = (moment, of) => Number(of === "USD") + Object.values(moment.windows).reduce((sum, each) => sum + (each.cleared[of]?.count ?? 0), 0);

// ── the screen ──

/** @param {{ status: number, body: any }} reply */
const toldOf = (reply) => { const { title, detail } = trouble(reply); return `${title} ${detail ?? ""}` };

/** @param {"closes_at" | "settles_at"} time */
async function wind(time) {
  const window = lookedAt(day.now);
  if (!window || look.busy || look.at !== null) return;
  const { path, body } = windTo(window, time);
  Object.assign(look, { busy: true, chosen: window.id, done: null });
  redraw();
  const reply = await call("POST", path, body);
  Object.assign(look, { busy: false, done: { request: reply.request, reply: reply.body, status: reply.status, problem: toldOf(reply) } });
  say(reply.status === 200 ? `It is ${reply.body.now}. ${ranWords(reply.body.ran)}` : "That was refused.");
  redraw();
}

let noting = 0;

/** Look at the books after an event; the address says so when one stays there. @param {number | null} n */
function lookBack(n) {
  look.at = n === null || n >= day.now.event ? null : Math.max(n, day.base.event);
  look.checked = null;
  clearTimeout(noting);
  noting = setTimeout(() => history.replaceState(null, "", look.at === null ? "/books" : `/books?n=${look.at}`), 300);
  redraw();
}

/** The events of the day at which something in the books changed. @param {number} direction */
function step(direction) {
  const shown = look.at ?? day.now.event;
  const places = day.events.map((each) => each.position);
  const next = direction > 0 ? places.find((each) => each > shown) ?? null : places.findLast((each) => each < shown) ?? day.base.event;
  lookBack(next);
}

function view() {
  if (!day.ready) return html`<p class="boot" role="status">Opening the books …</p>`;
  const moment = momentAt(look.at);
  const window = lookedAt(moment);
  if (!window) return html`<p class="boot">There is no settlement window yet.</p>`;
  const of = window.cleared[look.currency] ?? none();
  const held = members().reduce((sum, { id }) => sum + (moment.balances[`${id}.due_to_network.${look.currency}`]?.held_credits ?? 0), 0);
  const others = [networkBook(), ...banks()];
  return html`<div class="thebooks" data-n="${moment.event}" data-past="${String(look.at !== null)}">${head(moment, window)}${theAnswer()}${funnel(window, of, held)}
<div class="row r1">${netPositions(of, window)}${throughTheDay(of, moment, window)}${whoOwesWhom(of)}</div>
<div class="row r2">${members().map((each) => balanceSheet(moment, each))}</div>
<div class="row r3">${others.map((each) => balanceSheet(moment, each))}${trial(moment)}</div></div>`;
}

export default {
  title: "Books",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    keep();
    look.at = query.has("n") ? Number(query.get("n")) : null;
    look.currency = query.get("currency") ?? look.currency;
  },
  close() {
    clearTimeout(noting);
    letGo();
    Object.assign(look, { chosen: null, at: null, done: null, checked: null });
  },
  view,
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: {
    ...callActions,
    window: (arg, element) => { look.chosen = arg || element.value; look.done = null },
    currency: (arg) => { look.currency = arg; look.checked = null },
    advance: () => void wind("closes_at"),
    settle: () => void wind("settles_at"),
    forget: () => { look.done = null },
    toNow: () => lookBack(null),
    at: (_, element) => lookBack(Number(element.value)),
    step: (arg) => step(Number(arg)),
    check: () => void check(),
  },
  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLElement && event.target.closest("input, summary, details")) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
    if (event.key === "End") lookBack(null);
  },
};
