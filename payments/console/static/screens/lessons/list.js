// @ts-check
/** The list of lessons. */
import { directionGlyph, icon } from "../../icons.js";
import { progress } from "../../progress.js";
import { html } from "../../template.js";
import { DIRECTIONS, lessons } from "./state.js";

/** @typedef {import("./state.js").Listed} Listed @typedef {import("../../progress.js").Progress} Progress */

export function listView() {
  const had = progress();
  const { list } = lessons;
  return html`<header class="lessons-head"><div><h1 class="screen">Lessons</h1>
<p>Say what will happen, then watch it happen. Every lesson makes real payments in this sandbox, and its answers are what the books say.</p></div>
${list && taken(list, had)}</header>
${list ? html`<ol class="lessons">${list.map((each, n) => card(each, n + 1, had[each.name]))}</ol>` : html`<p role="status">Looking for lessons …</p>`}`;
}

/** @param {Listed[]} list @param {Record<string, Progress>} had */
function taken(list, had) {
  const done = list.filter((each) => had[each.name]?.done).length;
  return html`<div class="had"><label for="had">${done} of ${list.length} taken</label><progress id="had" value="${done}" max="${list.length}"></progress>${
    Object.keys(had).length > 0 && html`<button class="plain-btn" data-do="forget">Forget my progress</button>`}</div>`;
}

/** @param {Listed} lesson @param {number} n @param {Progress | undefined} had */
const card = ({ name, title, learn, asks, minutes, direction }, n, had) => html`<li data-key="${name}"><a class="panel lesson ${had?.done && "done"}" href="/lessons/${name}">
<span class="glyphs">${DIRECTIONS[direction].map(directionGlyph)}</span>
<h2><span class="nr">${n}</span> ${title}</h2><p>${learn}</p>
<span class="foot"><span>${asks} questions, ${minutes} minutes</span>${reached(had)}</span></a></li>`;

/** @param {Progress | undefined} had */
function reached(had) {
  if (!had) return html`<span class="start">Start${icon("next")}</span>`;
  return had.done ? html`<span class="badge ok">${icon("check")}${had.right} of ${had.asked} right</span>` : html`<span class="badge warn">begun</span>`;
}
