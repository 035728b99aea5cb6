// @ts-check
/** The theatre's left half: lanes, messages in order, and where the money is. */
import { asCurl } from "../../api.js";
import { guide } from "../../guide.js";
import { icon } from "../../icons.js";
import { html, part } from "../../template.js";
import { date } from "../../times.js";
import { spelled } from "../../words.js";
import { railView } from "./rail.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Step} Step @typedef {import("../../story.js").Party} Party @typedef {import("../../template.js").Markup} Markup @typedef {import("./state.js").State} State */

/** More messages than these stand closer together. */
const MANY = 18;

/** @type {Record<string, string>} */
const ICONS = { cardholder: "person", recipient: "person", merchant: "shop", acquirer: "acquirer", network: "network", issuer: "bank", bank: "reserve", sender: "city", channel: "phone" };
/** @type {Record<string, string>} */
const KIND_ICONS = { government: "city", company: "company", merchant: "shop", person: "person" };
/** @type {Record<string, string>} */
const CHANNEL_ICONS = { "channel.bank_branch": "bank", "channel.web": "screen", "channel.api": "code", "channel.file": "file" };

/** @param {Party} lane */
const iconOf = ({ id, kind, role }) => CHANNEL_ICONS[id] ?? KIND_ICONS[kind ?? ""] ?? ICONS[role] ?? "network";

/** @param {Told} told @param {State} st */
export function messagesView(told, st) {
  const { lanes, steps, stages } = told;
  const due = !st.shared && !guide.now && stages.some((each) => each.n === null) && st.due;
  return html`<section class="panel seq" css="--n:${lanes.length}" data-key="seq" aria-label="Messages in order">${part(html`<div data-key="lanes" class="lanes"><span class="g"></span>${lanes.map(head)}</div>`)}
<div class="msgs ${steps.length > MANY && "many"}"><div class="inner"><div class="life">${lanes.map(() => html`<i></i>`)}</div><ol css="${dots(lanes)}">${rows(told, st.n)}${due && dueView(due, st)}</ol></div></div>${railView(told, st.n)}</section>`;
}

/** Where there is no room for lanes, each row has a dot for each. @param {Party[]} lanes */
const dots = (lanes) => `--dots:${lanes.map(({ role }, k) => `radial-gradient(circle at ${22 * k + 11}px 50%,color-mix(in oklab,var(--${role === "recipient" ? "cardholder" : role}) 55%,var(--panel)) 3px,transparent 3.5px)`).join(",")}`;

/** @param {Party} lane */
const head = (lane) => html`<div class="lane p-${lane.role}"><span class="ic">${icon(iconOf(lane))}</span><b>${lane.name}</b><span>${lane.part}</span></div>`;

/** What comes next when the clock is wound. @param {import("./state.js").Due} due @param {State} st */
function dueView({ at, job }, { made, busy }) {
  const time = `${date(Date.parse(at))} ${at.slice(11, 16)}`;
  return html`<li class="duerow" data-key="due"><button class="btn ghost" data-do="theatre-wind" ${busy && html`aria-disabled="true"`}>${icon("clock")}Wind the clock to ${time}: ${spelled(job)}</button><code title="${made ? asCurl(made) : "POST /v1/sandbox/clock/wind"}">POST /v1/sandbox/clock/wind {"next": true}</code></li>`;
}

// ── the messages ──

/** The rows as they were drawn last: they depend on the story and on whether a step is past, now or to come.
 * @type {WeakMap<Told, Map<string, Markup>>} */
const drawn = new WeakMap();
/** @type {WeakMap<Told, string[]>} */
const timed = new WeakMap();

/** @param {Told} told @param {number} n */
function rows(told, n) {
  const known = drawn.get(told) ?? new Map();
  const times = timed.get(told) ?? timesOf(told);
  drawn.set(told, known);
  timed.set(told, times);
  const phases = new Map(told.phases.map((each) => [each.first, each]));
  let day = "";
  return told.steps.map((step, k) => {
    const phase = phases.get(step.n);
    const today = phase ? date(Date.parse(step.at)) : day;
    const heading = phase && phaseRow(phase, today === day ? "" : today, guide.now !== null && step.n > n);
    day = today;
    return html`${heading}${guide.now ? part(row(told, step, n, times[k])) : kept(known, step, n, () => row(told, step, n, times[k]))}`;
  });
}

/** @param {Map<string, Markup>} known @param {Step} step @param {number} n @param {() => Markup} draw */
function kept(known, step, n, draw) {
  const name = `${step.n} ${Math.sign(step.n - n)}`;
  const found = known.get(name) ?? part(draw());
  known.set(name, found);
  return found;
}

/** @param {import("../../story.js").Phase} phase @param {string} day @param {boolean} hidden */
const phaseRow = ({ name, sub, first }, day, hidden) => part(html`<li data-key="phase ${first}" class="phase">${!hidden && html`<span>${name} <small>${sub}${day && html`<span class="day">${day}</span>`}</small></span>`}</li>`);

/** Times beside the messages: offsets while all happens within a minute and differs, else the time of day where it changes.
 * @param {Told} told */
function timesOf({ steps }) {
  const start = Date.parse(steps[0]?.at ?? "");
  const after = steps.map((each) => Date.parse(each.at) - start);
  const offsets = after.some((each) => each > 0 && each < 60_000);
  return steps.map(({ at }, k) => {
    if (offsets && after[k] < 60_000) return `+${(after[k] / 1000).toFixed(3)}`;
    const time = at.slice(11, 19);
    return time === steps[k - 1]?.at.slice(11, 19) ? "" : time;
  });
}

/** @param {Told} told @param {Step} step @param {number} n @param {string} time */
function row({ lanes, index }, step, n, time) {
  const [from, to] = [step.from, step.to].map((id) => (index[id] ?? 0) + 1);
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const fog = guide.now && step.n > n; // what will come is to be guessed
  const asks = fog && step.n === n + 1 && guide.now?.asks(n);
  const when = step.n < n ? "past" : step.n === n ? "now" : "future";
  const way = to > from ? "r" : to < from ? "l" : "s";
  const shape = step.shape === "answer" ? "resp" : step.shape;
  const holds = step.written.some((each) => each.kind === "hold");
  const [sender, receiver] = [lanes[from - 1], lanes[to - 1]];
  return html`<li data-key="${step.key}" class="m ${when} ${way} ${shape} ${step.lost && "lost"} ${holds && "holds"} ${fog && "fog"} ${asks && "ask"} p-${sender.role}" css="--lo:${low};--hi2:${high + 1};--span:${high - low + 1}"><button data-do="theatre-go" data-arg="${step.n}" ${when === "now" && html`aria-current="step"`} ${fog && html`aria-label="${`Step ${step.n}, ${asks ? "your prediction?" : "not shown yet"}`}"`}><span class="t">${time}</span><span class="track"><span class="arw"></span></span><span class="lw"><span class="lbl"><span class="sr">${step.n}. ${sender.name} to ${receiver.name}: </span>${words(step)}</span></span></button></li>`;
}

/** @param {Step} step */
const words = ({ code, rc, good, label, lost, twice }) => html`<span class="mti">${code}</span>${rc && html`<span class="rc ${!good && "bad"}">${rc}</span>`}<span class="tx">${label}</span>${lost && html`<span class="flag">lost</span>`}${twice && html`<span class="flag">twice</span>`}`;
