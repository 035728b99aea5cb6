// @ts-check
/** What is cleared between the members: gross to net, net positions, who owes whom, and how it came to that. */
import { netting } from "../../clearing.js";
import { net } from "../../ledger.js";
import { amount, exponent, money } from "../../money.js";
import { byTime, positionsPlot } from "../../plot.js";
import { html } from "../../template.js";
import { when } from "../../times.js";
import { short } from "../../words.js";
import { banks, bookName, instant, look, members, ms, networkBook } from "./look.js";

/** @typedef {import("../../clearing.js").SettlementWindow} SettlementWindow */
/** @typedef {import("../../clearing.js").Cleared} Cleared */
/** @typedef {import("../../day.js").Moment} Moment */

const signed = (/** @type {number} */ minor) => minor > 0 ? `+${amount(minor, look.currency)}` : amount(minor, look.currency);

const arrow = html`<svg class="ar" viewBox="0 0 52 24" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 12h42M37 5l9 7-9 7"/></svg>`;

/** @param {number} part @param {number} whole */
const share = (part, whole) => whole ? Math.max(0.4, Math.round(part * 1000 / whole) / 10) : 0;

/** @param {SettlementWindow} window @param {Cleared} of @param {number} held */
export function funnel(window, of, held) {
  if (!of.count) {
    return html`<section class="panel funnel none" data-key="funnel" aria-label="Gross to net"><p><b>Nothing has been cleared in ${look.currency} in this window yet.</b>
Pushes clear at once, sales at the acquirers’ cut-off, a quarter of an hour before the window closes.
${held ? html`Promised so far: <span class="promised">${money(held, look.currency)} held</span> on cards.` : html`<a href="/shop">Sell or push something</a>.`}</p></section>`;
  }
  const { gross, bilateral, paid } = netting(of);
  const verb = window.status === "settled" ? "moved" : "moves";
  const percent = gross ? Math.round(paid * 100 / gross) : 0;
  const bar = (/** @type {number} */ part, /** @type {string} */ kind) => html`<div class="gb ${kind}" aria-hidden="true"><i css="width:${share(part, gross)}%"></i></div>`;
  return html`<section class="panel funnel" data-key="funnel" aria-label="Gross to net"><div><b>${money(gross, look.currency)}</b><span>${of.count.toLocaleString("en-US")} ${of.count === 1 ? "item" : "items"} cleared and their fees, one by one</span>${bar(gross, "")}</div>${arrow}
<div><b>${money(bilateral, look.currency)}</b><span>left between each two of them</span>${bar(bilateral, "")}</div>${arrow}
<div><b>${money(paid, look.currency)}</b><span>${verb} ${window.settles_at ? `on ${when(ms(window.settles_at), 0)}` : ""}: ${percent}% of the gross</span>${bar(paid, "n")}</div></section>`;
}

// ── net positions, who owes whom ──

/** @param {Cleared} of @param {SettlementWindow} window */
export function netPositions(of, window) {
  const largest = Math.max(1, ...Object.values(of.nets).map(Math.abs));
  const own = networkBook();
  const lines = [...members(), own];
  const sum = lines.reduce((total, each) => total + (of.nets[each.id] ?? 0), 0);
  return html`<section class="panel card" data-key="np" aria-labelledby="np"><h2 id="np">Net positions</h2><p>${window.status === "settled" ? "Left has paid in, right was paid out" : "Left pays in, right is paid out"}</p>
<table class="np"><tbody>${lines.map(({ id, name, role: part }) => {
    const value = of.nets[id] ?? 0;
    return html`<tr data-key="${id}"><th scope="row" class="p-${part}"><i class="dot"></i>${id === own.id ? `${name} fees` : name}</th><td class="tr" aria-hidden="true">${value !== 0 && html`<i class="${value < 0 ? "neg" : "pos"}" css="width:${Math.max(0.6, Math.round(Math.abs(value) * 490 / largest) / 10)}%"></i>`}</td><td class="n">${signed(value)}</td></tr>`;
  })}</tbody><tfoot><tr><th scope="row" colspan="2">Sum of all positions</th><td class="n zero">${signed(sum)}</td></tr></tfoot></table></section>`;
}

/** Whole units where there is no room for more. @param {number} minor */
const rounded = (minor) => minor && Math.abs(minor) >= 10 ** (exponent(look.currency) + 3) ? amount(Math.round(minor / 10 ** exponent(look.currency)), "JPY") : amount(minor, look.currency);

/** @param {Cleared} of */
export function whoOwesWhom(of) {
  const own = networkBook();
  const all = [...members(), own];
  const largest = Math.max(1, ...Object.values(of.flows));
  const weight = (/** @type {number} */ value) => Math.max(10, Math.round(Math.sqrt(value / largest) * 48));
  const cell = (/** @type {string} */ debtor, /** @type {string} */ creditor) => {
    const value = of.flows[`${debtor}>${creditor}`] ?? 0;
    if (debtor === creditor) return html`<td class="self"></td>`;
    return value ? html`<td css="--w:${weight(value)}">${rounded(value)}</td>` : html`<td class="z">0</td>`;
  };
  return html`<section class="panel card" data-key="mx" aria-labelledby="mx"><h2 id="mx">Who owes whom</h2><p>Row pays column, before netting</p>
<div class="scroll" tabindex="0" role="region" aria-label="Who owes whom, table"><table class="mx"><thead><tr><td class="self"></td>${all.map(({ id, name }) => html`<th scope="col">${id === own.id ? `${name} fees` : short(name)}</th>`)}</tr></thead>
<tbody>${all.map(({ id, name }) => html`<tr data-key="${id}"><th scope="row">${short(name)}</th>${all.map((each) => cell(id, each.id))}</tr>`)}</tbody></table></div>
<p class="mxn">${own.name} stands between every pair, so each institution makes one payment, or receives one.</p></section>`;
}

/** @param {Cleared} of @param {Moment} moment @param {SettlementWindow} window */
export function throughTheDay(of, moment, window) {
  const lowest = Object.entries(of.nets).filter(([id]) => id !== networkBook().id).sort((one, other) => one[1] - other[1])[0];
  const reserve = lowest ? -net(moment.balances[`${banks()[0]?.id}.reserve.${look.currency}.${lowest[0]}`]) : 0;
  const lacking = lowest && window.status !== "settled" && reserve < -lowest[1];
  const said = !lowest || lowest[1] >= 0 ? "It begins with the first item that is cleared." : lacking
    ? html`<span class="short">${short(bookName(lowest[0]))} owes ${amount(-lowest[1], look.currency)} and has only ${amount(reserve, look.currency)} in its reserve</span>`
    : html`${short(bookName(lowest[0]))} ${window.status === "settled" ? "paid" : "owes"} most: ${amount(-lowest[1], look.currency)}. Its reserve: ${amount(reserve, look.currency)}`;
  const lines = members().map((each) => ({ id: each.id, name: short(each.name), role: each.role }));
  return html`<section class="panel card" data-key="plot" aria-labelledby="plot"><h2 id="plot">Position through the day</h2><p>${said}</p>${positionsPlot(of, window, instant(moment), lines, look.currency)}
<p class="mxn">${of.count > 0 && (byTime(of) ? "By the sandbox’s clock, to the end of the window." : "In the order of clearing: the clock has hardly moved meanwhile.")}</p></section>`;
}

