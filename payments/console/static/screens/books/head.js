// @ts-check
/** The head of the books: which window, what can be done with it, and by which calls. */
import { callBox, callLine } from "../../calls.js";
import { ranWords } from "../../clock.js";
import { day } from "../../day.js";
import { feed } from "../../feed.js";
import { icon } from "../../icons.js";
import { trialBalance } from "../../ledger.js";
import { amount } from "../../money.js";
import { html } from "../../template.js";
import { date, hour, rfc3339, when } from "../../times.js";
import { listed, look, ms } from "./look.js";

/** @typedef {import("../../clearing.js").SettlementWindow} SettlementWindow */
/** @typedef {import("../../day.js").Moment} Moment */

/** @param {SettlementWindow} window */
function told(window) {
  const closes = `${date(ms(window.closes_at))} ${hour(ms(window.closes_at))}`;
  const settles = window.settles_at ? `on ${when(ms(window.settles_at), 0)}` : "on the next business day";
  if (window.status === "settled") return html`This window is <b>settled</b>: the money has moved between the banks.`;
  if (window.status === "closed") return html`This window is <b>closed</b>. It is settled ${settles}, by the sandbox’s clock.`;
  return html`This window is <b>open</b>. It closes on ${closes} and is settled ${settles}, by the sandbox’s clock.`;
}

/** The calls behind the two buttons. @param {SettlementWindow} window */
export const windTo = (window, /** @type {"closes_at" | "settles_at"} */ time) =>
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
export function theAnswer() {
  if (!look.done) return null;
  const said = look.done.status === 200 ? ranWords(look.done.reply.ran) : look.done.reply?.detail ?? look.done.reply?.title ?? "Nobody answers.";
  return html`<div class="panel told" data-key="told" role="status"><span class="badge ${look.done.status === 200 ? "ok" : "bad"}">${look.done.status || "no answer"}</span>
<div>${callLine(look.done.request)}<p>${said}</p></div><details data-key="form"><summary>as curl, Python, .http</summary>${callBox(look.done.request)}</details>
<button class="icon-btn" data-do="forget" aria-label="Close">${icon("cross")}</button></div>`;
}

/** @param {Moment} moment @param {SettlementWindow} window */
export function head(moment, window) {
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
