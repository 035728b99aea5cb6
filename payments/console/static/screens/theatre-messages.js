// @ts-check
/** The theatre's left half: lanes, messages in order, and where the money is. */
import { asCurl } from "../api.js";
import { guide } from "../guide.js";
import { icon } from "../icons.js";
import { rail } from "../rail.js";
import { html } from "../template.js";
import { channelName } from "../words.js";

/** @typedef {import("../story.js").Told} Told @typedef {import("../story.js").Step} Step */

const ICONS = { cardholder: "person", recipient: "person", merchant: "shop", acquirer: "acquirer", network: "network", issuer: "bank", bank: "reserve", sender: "city", channel: "phone" };
const KIND_ICONS = { government: "city", company: "company", merchant: "shop", person: "person" };
const CHANNEL_ICONS = { mobile_app: "phone", bank_branch: "bank", web: "screen", api: "code", file: "file" };

/** @param {any} lane */
const iconOf = (lane) => lane.role === "channel" ? CHANNEL_ICONS[/** @type {"web"} */ (lane.name)] ?? "phone" : KIND_ICONS[/** @type {"person"} */ (lane.kind)] ?? ICONS[/** @type {"bank"} */ (lane.role)] ?? "network";
/** @param {any} lane */
export const laneName = (lane) => lane.role === "channel" ? channelName(lane.name) : lane.name;

const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const dayOf = (/** @type {string} */ at) => DAY.format(Date.parse(at)).replaceAll(",", "");

/** Times beside the messages: offsets while all happens within a minute and differs, else the time of day where it changes. @param {Told} told */
function times(told) {
  const start = Date.parse(told.steps[0]?.at ?? "");
  const soon = told.steps.filter((each) => Date.parse(each.at) - start < 60_000);
  const offsets = soon.some((each) => each.at !== told.steps[0].at);
  let before = "";
  return told.steps.map((each) => {
    if (offsets && soon.includes(each)) return `+${((Date.parse(each.at) - start) / 1000).toFixed(3)}`;
    const now = each.at.slice(11, 19);
    const shown = now === before ? "" : now;
    before = now;
    return shown;
  });
}

/** @param {Told} told @param {Step} step @param {number} n @param {string} time */
function row(told, step, n, time) {
  const [from, to] = [told.index[step.from] + 1, told.index[step.to] + 1];
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const lane = told.lanes[from - 1];
  const when = step.n < n ? "past" : step.n === n ? "now" : "future";
  const fog = guide.now && step.n > n;
  const asks = fog && step.n === n + 1 && guide.now?.asks(n);
  const holds = step.written.some((each) => each.kind === "hold");
  const shape = step.shape === "answer" ? "resp" : step.shape;
  return html`<li class="m ${when} ${to > from ? "r" : to < from ? "l" : "s"} ${shape} ${step.lost && "lost"} ${holds && "holds"} ${fog && "fog"} ${asks && "ask"} p-${lane?.role}" data-key="${step.key}" css="--lo:${low};--hi2:${high + 1};--span:${high - low + 1}"><button data-do="theatre-go" data-arg="${step.n}" ${when === "now" && html`aria-current="step"`} ${fog && html`aria-label="${`Step ${step.n}, ${asks ? "your prediction?" : "not shown yet"}`}"`}><span class="t">${time}</span><span class="track">${told.lanes.map((each, k) => html`<i class="p-${each.role}" css="grid-column:${k + 1}"></i>`)}<span class="arw"></span></span><span class="lw"><span class="lbl"><span class="sr">${step.n}. ${laneName(lane)} to ${laneName(told.lanes[to - 1])}: </span><span class="mti">${step.code}</span>${step.rc && html`<span class="rc ${!step.good && "bad"}">${step.rc}</span>`}<span class="tx">${step.label}</span>${step.lost && html`<span class="flag">lost</span>`}${step.twice && html`<span class="flag">twice</span>`}</span></span></button></li>`;
}

/** @param {Told} told @param {number} n @param {{ due: any, made: import("../api.js").ApiRequest | null, busy: boolean }} beside */
export function messagesView(told, n, beside) {
  const shown = times(told);
  let day = "";
  const list = told.steps.map((step, k) => {
    const phase = told.phases.find((each) => each.first === step.n);
    const today = dayOf(step.at);
    const date = phase && today !== day ? today : "";
    if (phase) day = today;
    return html`${phase && html`<li class="phase" data-key="phase ${step.n}">${!(guide.now && step.n > n) && html`<span>${phase.name} <small>${phase.sub}${date && html`<span class="day">${date}</span>`}</small></span>`}</li>`}${row(told, step, n, shown[k])}`;
  });
  const open = told.stages.some((each) => each.n === null) && beside.due;
  return html`<section class="panel seq" css="--n:${told.lanes.length}" data-key="seq" aria-label="Messages in order"><div class="lanes"><span class="g"></span>${told.lanes.map((each) => html`<div class="lane p-${each.role}" data-key="${each.id}"><span class="ic">${icon(iconOf(each))}</span><b>${laneName(each)}</b><span>${each.part}</span></div>`)}</div>
<div class="msgs ${told.steps.length > 18 && "many"}"><div class="inner"><div class="life">${told.lanes.map(() => html`<i></i>`)}</div><ol>${list}${open && dueView(beside)}</ol></div></div>${railView(told, n)}</section>`;
}

/** What comes next when the clock is wound. @param {{ due: any, made: any, busy: boolean }} beside */
function dueView({ due, made, busy }) {
  const at = `${dayOf(due.at)} ${due.at.slice(11, 16)}`;
  return html`<li class="duerow" data-key="due"><button class="btn ghost" data-do="theatre-wind" ${busy && html`aria-disabled="true"`}>${icon("clock")}Wind the clock to ${at}: ${due.job.replaceAll("_", " ")}</button><code title="${made ? asCurl(made) : "POST /v1/sandbox/clock/wind"}">POST /v1/sandbox/clock/wind {"next": true}</code></li>`;
}

/** @param {Told} told @param {number} n */
function railView(told, n) {
  const at = rail(told, n);
  const where = told.lanes.find((each) => each.id === at.coin);
  return html`<div class="rail" data-key="rail" role="group" aria-label="Where the money is"><span class="lab">Where the <br>money is</span><span class="sr">${where ? `${laneName(where)}: ${at.captions[at.coin]}` : ""}</span>${told.lanes.map((each, k) => {
    const coin = each.id === at.coin;
    const segment = at.segments[k];
    const caption = at.captions[each.id] ?? "";
    return html`<div class="stn ${k === 0 && "first"} p-${each.role}" data-key="${each.id}" aria-hidden="true">${segment && told.lanes[k + 1].role !== "bank" && html`<span class="seg2 ${segment.state}"><em>${segment.label}</em></span>`}<span class="node ${coin && "coin"} ${coin && at.held && "held"}">${coin && "$"}</span><span class="cap ${coin && "on"}">${caption}</span></div>`;
  })}</div>`;
}
