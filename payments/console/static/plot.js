// @ts-check
/** A step chart of net positions, in the order in which things were cleared: one step an item, drawn as a small SVG. */
import { amount, exponent } from "./money.js";
import { html } from "./template.js";
import { date, hour } from "./times.js";

const HEIGHT = 200;
const LABEL = 15;

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

/** @param {import("./clearing.js").Cleared} of @param {{ id: string, name: string, role: string }[]} lines @param {string} currency */
export function positionsPlot(of, lines, currency) {
  const last = of.points.at(-1);
  const points = of.points.length && last?.[0] !== of.count ? [...of.points, /** @type {typeof of.points[0]} */ ([of.count, last?.[1] ?? 0, of.nets])] : of.points;
  const values = points.flatMap(([, , nets]) => lines.map(({ id }) => nets[id] ?? 0));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (!points.length || low === high) return html`<p class="noplot">It begins with the first item that is cleared.</p>`;
  const pad = (high - low) * 0.06;
  const y = (/** @type {number} */ value) => Math.round((high + pad - value) * 10000 / (high - low + 2 * pad)) / 100;
  const x = (/** @type {number} */ count) => Math.round(count * 10000 / of.count) / 100;
  const path = (/** @type {string} */ id) => points.reduce((text, [count, , nets]) => `${text}H${x(count - of.stride + (of.stride > 1 ? of.stride / 2 : 0.5))}V${y(nets[id] ?? 0)}`, `M0 ${y(0)}`) + "H100";
  const seen = new Set();
  const drawn = lines.map((each) => ({ ...each, second: seen.has(each.role) || !seen.add(each.role), value: of.nets[each.id] ?? 0 }));
  const labels = spread(drawn.map((each) => ({ ...each, top: y(each.value) * HEIGHT / 100 })).sort((one, other) => one.top - other.top));
  const told = drawn.map(({ name, value }) => `${name} ${amount(value, currency)}`).join(", ");
  return html`<div class="plot"><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="Net positions after ${of.count} items: ${told}">
${ticks(low, high).map((each) => html`<line class="${each ? "gx" : "zero"}" x1="0" x2="100" y1="${y(each)}" y2="${y(each)}"/>`)}
${drawn.map((each) => html`<path class="p-${each.role} ${each.second && "second"}" d="${path(each.id)}"/>`)}</svg>
${ticks(low, high).map((each) => html`<span class="yl" css="top:${y(each)}%" aria-hidden="true">${brief(each, currency)}</span>`)}
${labels.map((each) => html`<span class="end p-${each.role}" css="top:${Math.round(each.top)}px" aria-hidden="true">${each.second ? "┄ " : "─ "}${each.name}</span>`)}</div>
<div class="xax" aria-hidden="true">${moments(points)}</div>`;
}

/** When it was, at some places of the axis. @param {[number, number, Record<string, number>][]} points */
function moments(points) {
  const places = [...new Set([0, 1 / 3, 2 / 3, 1].map((share) => Math.round(share * (points.length - 1))))];
  const texts = places.map((place) => points[place][1] / 1000);
  const sameDay = new Set(texts.map(date)).size === 1;
  const shown = texts.map((at) => sameDay ? hour(at) : `${date(at)} ${hour(at)}`);
  return shown.map((text, n) => html`<span>${text === shown[n - 1] ? "" : text}</span>`);
}
