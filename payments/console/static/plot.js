// @ts-check
/** A step chart of net positions through the day of a window: a line a member, by the sandbox's clock, with the cut-off
 * and the end of the window. While the clock stands (all at one or two instants), by the order of what was cleared. */
import { amount, exponent } from "./money.js";
import { html } from "./template.js";
import { date, hour } from "./times.js";

const HEIGHT = 226;
const LABEL = 15;
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

/** How long before a window closes the acquirers present what was captured. */
const CUT_OFF = 15 * MINUTE;

/** @typedef {import("./clearing.js").Cleared} Cleared */
/** @typedef {import("./clearing.js").SettlementWindow} SettlementWindow */
/**
 * An axis from 0 to 100: where each point stands, where the last one reaches, what is written where, and marks across.
 * @typedef {{ at: number[], until: number, texts: [number, string][], marks: [number, string][] }} Axis
 */

/** `5,000` is `5k`. @param {number} minor @param {string} currency */
function brief(minor, currency) {
  const whole = minor / 10 ** exponent(currency);
  const size = Math.abs(whole);
  const text = size >= 1e6 ? `${+(size / 1e6).toFixed(1)}m` : size >= 1000 ? `${+(size / 1000).toFixed(1)}k` : `${+size.toFixed(2)}`;
  return whole ? (whole < 0 ? "−" : "+") + text : "0";
}

/** Round steps for an axis, three or four of them. @param {number} low @param {number} high */
function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10));
  const found = [];
  for (let each = Math.ceil(low / step) * step; each <= high; each += step) found.push(Math.round(each));
  return found;
}

/** Move labels apart that would lie on one another. @template {{ top: number }} T @param {T[]} labels sorted from the top */
function spread(labels) {
  for (let n = 1; n < labels.length; n += 1) labels[n].top = Math.max(labels[n].top, labels[n - 1].top + LABEL);
  let room = HEIGHT + LABEL / 2;
  for (const each of labels.toReversed()) {
    each.top = Math.min(each.top, room);
    room = each.top - LABEL;
  }
  return labels;
}

const percent = (/** @type {number} */ part) => Math.round(part * 10000) / 100;

/** Did enough happen at different times for an axis of time? @param {Cleared} of */
export const byTime = ({ points }) => new Set(points.map(([, at]) => Math.floor(at / MINUTE))).size > 2;

/** From the hour in which it began to the end of the window. @param {Cleared} of @param {SettlementWindow} window @param {number} now @returns {Axis} */
function timeAxis({ points }, window, now) {
  const begin = Math.floor(points[0][1] / HOUR) * HOUR;
  const place = (/** @type {number} */ at) => percent(Math.max(0, Math.min(1, (at - begin) / (window.closes_at - begin))));
  const step = [1, 2, 3, 4, 6].find((each) => (window.closes_at - begin) / HOUR / each <= 5) ?? 6;
  /** @type {[number, string][]} */
  const texts = [];
  for (let at = begin; at < window.closes_at - HOUR; at += step * HOUR) texts.push([place(at), hour(at / 1000)]);
  const cutOff = window.closes_at - CUT_OFF;
  return { at: points.map(([, at]) => place(at)), until: place(window.status === "open" ? now : window.closes_at), texts, marks: [[place(cutOff), `cut-off ${hour(cutOff / 1000)}`]] };
}

/** One step an item. @param {Cleared} of @returns {Axis} */
function orderAxis({ points, count, stride }) {
  const middle = stride > 1 ? stride / 2 : 0.5;
  const places = [...new Set([0, 1 / 3, 2 / 3, 1].map((share) => Math.round(share * (points.length - 1))))];
  const times = places.map((place) => points[place][1] / 1000);
  const sameDay = new Set(times.map(date)).size === 1;
  const shown = times.map((at) => sameDay ? hour(at) : `${date(at)} ${hour(at)}`);
  const at = points.map(([item]) => percent((item - stride + middle) / count));
  return { at, until: 100, texts: places.flatMap((_, n) => shown[n] === shown[n - 1] ? [] : [/** @type {[number, string]} */ ([percent(n / Math.max(1, places.length - 1)), shown[n]])]), marks: [] };
}

/** All that is known, the last of it, too, if only every so many are kept. @param {Cleared} of @returns {Cleared} */
function whole(of) {
  const last = of.points.at(-1);
  return last && last[0] !== of.count ? { ...of, points: [...of.points, [of.count, last[1], of.nets]] } : of;
}

/** @param {Cleared} cleared @param {SettlementWindow} window @param {number} now in microseconds
 * @param {{ id: string, name: string, role: string }[]} lines @param {string} currency */
export function positionsPlot(cleared, window, now, lines, currency) {
  const of = whole(cleared);
  const values = of.points.flatMap(([, , nets]) => lines.map(({ id }) => nets[id] ?? 0));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (low === high) return html`<p class="noplot">It begins with the first item that is cleared.</p>`;
  const axis = byTime(of) ? timeAxis(of, window, now) : orderAxis(of);
  const pad = (high - low) * 0.06;
  const y = (/** @type {number} */ value) => percent((high + pad - value) / (high - low + 2 * pad));
  const path = (/** @type {string} */ id) => of.points.reduce((text, [, , nets], n) => `${text}H${axis.at[n]}V${y(nets[id] ?? 0)}`, `M0 ${y(0)}`) + `H${Math.max(axis.until, axis.at[axis.at.length - 1])}`;
  const seen = new Set();
  const drawn = lines.map((each) => ({ ...each, second: seen.has(each.role) || !seen.add(each.role), value: of.nets[each.id] ?? 0 }));
  const labels = spread(drawn.map((each) => ({ ...each, top: y(each.value) * HEIGHT / 100 })).sort((one, other) => one.top - other.top));
  const told = drawn.map(({ name, value }) => `${name} ${amount(value, currency)}`).join(", ");
  return html`<div class="plot"><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="Net positions after ${of.count} items: ${told}">
${ticks(low, high).map((each) => html`<line class="${each ? "gx" : "zero"}" x1="0" x2="100" y1="${y(each)}" y2="${y(each)}"/>`)}
${axis.marks.map(([at]) => html`<line class="mark" x1="${at}" x2="${at}" y1="0" y2="100"/>`)}
${drawn.map((each) => html`<path class="p-${each.role} ${each.second && "second"}" d="${path(each.id)}"/>`)}</svg>
${ticks(low, high).map((each) => html`<span class="yl" css="top:${y(each)}%" aria-hidden="true">${brief(each, currency)}</span>`)}
${axis.marks.map(([at, text]) => html`<span class="mk" css="right:${100 - at}%" aria-hidden="true">${text}</span>`)}
${labels.map((each) => html`<span class="end p-${each.role}" css="top:${Math.round(each.top)}px" aria-hidden="true">${each.second ? "┄ " : "─ "}${each.name}</span>`)}
<p class="xax" aria-hidden="true">${axis.texts.map(([at, text]) => html`<span class="${at === 100 && "last"}" css="left:${at}%">${text}</span>`)}</p></div>`;
}
