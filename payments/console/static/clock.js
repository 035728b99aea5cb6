// @ts-check
/** The sandbox's clock, on every screen: what it shows, what falls due next, and how to wind it. */
import { call, trouble } from "./api.js";
import { callActions, callBox, callLine } from "./calls.js";
import { feed, readClock } from "./feed.js";
import { icon } from "./icons.js";
import { redraw, say } from "./page.js";
import { html } from "./template.js";
import { clockText, date, hour, rfc3339, second, until, when } from "./times.js";

const WIND = "/v1/sandbox/clock/wind";

/** What the jobs do, in words. @type {Record<string, string>} */
const JOBS = {
  clearing_cut_off: "Acquirers’ cut-off: captures are presented",
  close_window: "The settlement window closes",
  settle_window: "The window is settled",
  merchant_payouts: "Merchants are paid out",
  expire_payment: "An authorization ends at the acquirer",
  expire_hold: "A hold on a card ends",
  enquire: "The acquirer asks what became of a push",
  reverse_payment: "A reversal is sent again",
  reverse_at_issuer: "A reversal is sent to the issuer again",
  reverse_pull: "A pull is undone",
  go_on_with_transfer: "A person-to-person transfer goes on",
  ask_issuer: "The network asks the issuer again",
  release_credit: "A push that was put off is released",
  make_available: "A push becomes available",
  return_credit: "A push is returned",
  repeat_settlement: "The bank is asked to settle again",
  repeat_advice: "A settlement advice is sent again",
  repeat_payout: "A payout is asked for again",
  present_again: "A presentment is sent again",
  webhooks: "Webhooks are delivered",
};

/** What a job does. @param {string} job */
export const jobWords = (job) => JOBS[job] ?? job.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** What ran on the way, in a sentence. @param {{ job: string, at: string, done: number }[]} ran */
export function ranWords(ran) {
  if (!ran.length) return "Nothing fell due on the way.";
  const told = ran.slice(0, 8).map(({ job, at, done }) => `${jobWords(job)} (${hour(Date.parse(at))}${done > 1 ? `, ${done}` : ""})`);
  return `On the way: ${told.join("; ")}${ran.length > told.length ? `; and ${ran.length - told.length} more` : ""}.`;
}

export { clockText };

const state = {
  open: false,
  /** @type {{ job: string, at: string }[]} */
  due: [],
  to: "",
  busy: false,
  /** @type {{ request: any, status: number, body: any } | null} */
  done: null,
};

async function readDue() {
  const { status, body } = await call("GET", "/v1/sandbox/due");
  if (status === 200) state.due = body.data;
  redraw();
}

/** @param {string} path @param {any} [body] */
async function act(path, body) {
  if (state.busy) return;
  [state.busy, state.done] = [true, null];
  redraw();
  const { status, body: reply, request } = await call("POST", path, body);
  state.done = { request, status, body: reply };
  await readClock();
  state.busy = false;
  say(status === 200 ? `It is ${clockText(feed.now())}. ${reply.ran ? ranWords(reply.ran) : ""}` : "The clock was not moved.");
  await readDue();
}

function openIt() {
  state.open = true;
  state.done = null;
  state.to = new Date(feed.now() + 60_000).toISOString().slice(0, 16);
  void readDue();
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById("clockbox")?.focus()));
}

/** @param {boolean} [back] to the button it was opened by */
function closeIt(back = false) {
  if (!state.open) return;
  state.open = false;
  redraw();
  if (back) document.getElementById("clock")?.focus();
}

/** One way to wind it, with the call it makes. @param {string} name @param {string} arg @param {any} body @param {string} [more] */
const way = (name, arg, body, more = "") => html`<li data-key="${arg}"><button class="btn ghost" data-do="clockWind" data-arg="${JSON.stringify(body)}" ${state.busy && html`disabled`}>${name}</button><span>${more}<code>${JSON.stringify(body)}</code></span></li>`;

function box() {
  const now = feed.now();
  const [soonest] = state.due;
  const next = soonest ? `${jobWords(soonest.job)}, ${when(Date.parse(soonest.at), now)}. ` : "Nothing is due. ";
  const toward = { to: state.to ? `${state.to}:00Z` : "…" };
  const turn = feed.clock.frozen ? "/v1/sandbox/clock/run" : "/v1/sandbox/clock/freeze";
  return html`<div class="clockbox panel" id="clockbox" role="dialog" aria-label="The sandbox’s clock" tabindex="-1" data-key="box">
<div class="face"><div><b class="big">${second(now)}</b><span>${date(now)} ${new Date(now).getUTCFullYear()}, UTC</span></div><span class="badge ${feed.clock.frozen ? "" : "ok"}">${feed.clock.frozen ? "stands still" : "runs"}</span><button class="icon-btn" data-do="clockClose" aria-label="Close">${icon("cross")}</button></div>
<section><h3>Wind it forward <code>POST ${WIND}</code></h3><p>Whatever falls due on the way happens, in order.</p>
<ul class="ways">${way("Next thing due", "next", { next: true }, next)}${way("One hour", "hour", { seconds: 3600 })}${way("One day", "day", { seconds: 86400 })}
<li data-key="to"><form data-do="clockTo"><label><span class="sr">To, in UTC</span><input type="datetime-local" value="${state.to}" data-do="clockTime" required></label><button class="btn ghost" ${state.busy && html`disabled`}>To then</button></form><span><code>${JSON.stringify(toward)}</code></span></li>
<li data-key="turn"><button class="btn ghost" data-do="clockTurn" data-arg="${turn}" ${state.busy && html`disabled`}>${feed.clock.frozen ? "Let it run" : "Freeze it"}</button><span><code>POST ${turn}</code></span></li></ul></section>
${state.done && html`<section class="said" role="status" data-key="said"><p><span class="badge ${state.done.status === 200 ? "ok" : "bad"}">${state.done.status || "no answer"}</span> ${callLine(state.done.request)}</p><p>${state.done.status !== 200 ? `${trouble(state.done).title} ${trouble(state.done).detail ?? ""}` : state.done.body.ran ? ranWords(state.done.body.ran) : feed.clock.frozen ? "It stands still." : "It runs."}</p>
<details data-key="form"><summary>as curl, Python, .http</summary>${callBox(state.done.request)}</details></section>`}
<section><h3>Due next <code>GET /v1/sandbox/due</code></h3>
<ol class="due">${state.due.slice(0, 12).map(({ job, at }) => html`<li data-key="${job}"><button data-do="clockWind" data-arg="${JSON.stringify({ to: at })}" title="Wind to ${at}" ${state.busy && html`disabled`}><b>${when(Date.parse(at), now)}</b><span>${jobWords(job)}</span><i>${until(Date.parse(at), now)}</i></button></li>`)}</ol></section></div>`;
}

/** What the shell shows. */
export const clock = {
  view: () => html`<div class="clockplace" data-key="clock"><button class="clock" id="clock" data-do="clockOpen" aria-haspopup="dialog" aria-expanded="${String(state.open)}" aria-label="The sandbox’s clock: ${feed.clock.readAt ? clockText(feed.now()).slice(0, -3) : "…"}"><b>${feed.clock.readAt > 0 && html`<i>${date(feed.now())}</i> ${second(feed.now())}`}</b><span>${feed.clock.frozen ? "simulated, stands" : "simulated"}</span></button>${state.open && box()}</div>`,
  /** @type {Record<string, (arg: string, element: any, event: Event) => void>} */
  actions: {
    ...callActions,
    clockOpen: () => { if (state.open) closeIt(); else openIt() },
    clockClose: () => closeIt(true),
    clockWind: (arg) => void act(WIND, JSON.parse(arg)),
    clockTurn: (arg) => void act(arg),
    clockTime: (_, element) => { state.to = element.value.slice(0, 16) },
    clockTo: () => { if (state.to) void act(WIND, { to: rfc3339(Date.parse(`${state.to}:00Z`)) }) },
  },
};

document.addEventListener("pointerdown", ({ target }) => {
  if (state.open && target instanceof Element && !target.closest(".clockplace")) closeIt();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.open) closeIt(true);
});

let waiting = 0;
feed.on((topic) => {
  if (!state.open || (topic !== "events" && topic !== "clock") || waiting) return;
  waiting = setTimeout(() => { waiting = 0; if (state.open) void readDue() }, 1000);
});
