// @ts-check
/** Below the stage: the transport, where one is in the story, ways to take it away. */
import { guide } from "../../guide.js";
import { icon } from "../../icons.js";
import { html, part } from "../../template.js";
import { current, furthest, length, lowest, st } from "./state.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Step} Step @typedef {import("../../story.js").Phase} Phase */

/** More steps than these get small marks. */
const MANY = 16;

/** @param {Told} told */
export const bar = (told) => html`<div class="transport" data-key="transport" role="group" aria-label="Transport">${buttons()}
${part(position())}
${slider(told)}
${part(modes())}
${exportMenu}${part(html`<a data-key="faults" class="faultbtn ${st.armed > 0 && "armed"}" href="/shop">${icon("bolt")}Faults: ${st.armed || "none"}</a>`)}</div>`;

function buttons() {
  const [first, last] = [st.n <= lowest(), st.n >= furthest()];
  const button = (/** @type {string} */ where, /** @type {string} */ label, /** @type {string} */ sign, /** @type {boolean} */ off) =>
    part(html`<button data-key="${where}" data-do="theatre-go" data-arg="${where}" aria-label="${label}" ${off && html`aria-disabled="true"`}>${icon(sign)}</button>`);
  return html`<div class="tbtns">${button("first", "First step", "first", first)}${button("back", "Step back", "prev", first)}${
    part(html`<button data-key="play" class="play" data-do="theatre-play">${icon(st.playing ? "pause" : "play")}${st.playing ? "Pause" : "Play"}</button>`)
  }${button("on", "Step forward", "next", last)}${button("last", "Last step", "last", last)}</div>`;
}

const position = () => html`<div data-key="pos" class="pos" data-n="${st.n}">${st.n} / ${length()}<small>${current()?.at.slice(11, 19)}</small></div>`;

/** @param {Told} told */
function slider(told) {
  const step = current();
  const all = length();
  const said = step ? `Step ${st.n} of ${all}: ${step.label}` : "Before the first step";
  return html`<div class="scrub ${all > MANY && "many"}" data-key="scrub"><input type="range" min="${lowest()}" max="${all}" value="${st.n}" data-do="theatre-scrub" aria-label="Position in the story" aria-valuetext="${said}"><span class="bar"></span><span class="fill" css="width:${place(Math.max(st.n, 1))}"></span>${
    told.steps.map((each) => mark(told, each))}${named(told.phases).map((each) => part(html`<span data-key="p${each.first}" class="ph" css="left:${place(each.first)}">${each.name}</span>`))}</div>`;
}

/** Where a step is on the slider. @param {number} n */
const place = (n) => `${length() > 1 ? ((n - 1) / (length() - 1)) * 100 : 0}%`;

/** The mark of a step: whose it is, unless that is to be guessed. @param {Told} told @param {Step} step */
function mark(told, { n, from }) {
  const role = guide.now && n > furthest() ? "network" : told.lanes[told.index[from]]?.role;
  return part(html`<span data-key="t${n}" class="tk p-${role} ${n < st.n ? "past" : n === st.n ? "now" : ""}" css="left:${place(n)}"></span>`);
}

/** The phases whose names have room. @param {Phase[]} phases */
function named(phases) {
  const room = length() / 12;
  return phases.filter(({ first }, k) => (!k || k === phases.length - 1 || first - phases[k - 1].first > room) && (!guide.now || first <= st.n));
}

const modes = () => html`<div data-key="modes" class="seg" role="group" aria-label="Mode">${[["live", "Live"], ["step", "Step"]].map(([mode, name]) =>
  html`<button data-do="theatre-mode" data-arg="${mode}" aria-pressed="${!guide.now && st.mode === mode}">${name}</button>`)}<button data-do="theatre-mode" data-arg="lesson" aria-pressed="${guide.now !== null}">Lesson</button></div>`;

const exportMenu = html`<details class="menu export" data-key="export"><summary>${icon("share")}Export</summary><div><button data-do="theatre-export" data-arg="svg">Picture (SVG)</button><button data-do="theatre-export" data-arg="mmd">Mermaid text</button><button data-do="theatre-export" data-arg="json">Events (JSON)</button><button data-do="theatre-export" data-arg="share">Share file</button><label class="open">Open a share file …<input type="file" accept=".json,application/json" data-do="theatre-open"></label><p>A share file replays without the sandbox: drop it on this page.</p></div></details>`;
