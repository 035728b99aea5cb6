// @ts-check
/** The screen “Books”: what everybody owns and owes, what is cleared between the members, and its settlement. */
import { call } from "../api.js";
import { callActions } from "../calls.js";
import { none } from "../clearing.js";
import { ranWords } from "../clock.js";
import { day, keep, letGo, momentAt } from "../day.js";
import { redraw, say } from "../page.js";
import { html } from "../template.js";
import { funnel, netPositions, throughTheDay, whoOwesWhom } from "./books/between.js";
import { head, theAnswer, windTo } from "./books/head.js";
import { banks, look, lookedAt, members, networkBook } from "./books/look.js";
import { balanceSheet } from "./books/sheets.js";
import { check, trial } from "./books/trial.js";

/** @param {"closes_at" | "settles_at"} time */
async function wind(time) {
  const window = lookedAt(day.now);
  if (!window || look.busy || look.at !== null) return;
  const { path, body } = windTo(window, time);
  Object.assign(look, { busy: true, chosen: window.id, done: null });
  redraw();
  const reply = await call("POST", path, body);
  Object.assign(look, { busy: false, done: { request: reply.request, reply: reply.body, status: reply.status } });
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
