// @ts-check
/** Above the stage: what the story is, which others there are, and how far it has come. */
import { guide } from "../../guide.js";
import { directionGlyph, icon } from "../../icons.js";
import { money } from "../../money.js";
import { kindName, subtitleOf, titleOf } from "../../telling/titles.js";
import { html, part } from "../../template.js";
import { st } from "./state.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Stage} Stage @typedef {import("./state.js").Summary} Summary */

/** @param {Told} told */
export const header = ({ story, stages }) => html`<div class="title" data-key="title">${directionGlyph(story.direction)}<div class="what"><h1>${titleOf(story)}</h1><p>${subtitleOf(story)} <span class="id">${story.id}</span></p></div>
${!guide.now && (st.list.length > 1 || st.shared) && part(newest(st.list, story.id))}${part(course(stages, st.n))}</div>`;

/** The newest stories. @param {Summary[]} list @param {string} shown */
const newest = (list, shown) => html`<details data-key="recent" class="menu recent"><summary>Just now</summary><ol>${list.map((each) => summary(each, each.id === shown))}</ol></details>`;

/** @param {Summary} story @param {boolean} shown */
function summary(story, shown) {
  const who = story.parties.find((each) => each.role === "cardholder" || each.role === "sender")?.name;
  return html`<li data-key="${story.id}"><a href="/p/${story.id}" ${shown && html`aria-current="page"`}>${directionGlyph(story.direction)}<span>${who} <small>${kindName(story.kind)}, ${story.status}</small></span><b>${money(story.amount, story.currency)}</b></a></li>`;
}

/** How far it has come; what will come is not shown where it is to be guessed. @param {Stage[]} stages @param {number} n */
function course(stages, n) {
  const next = stages.findIndex((each) => !isReached(each, n));
  return html`<ol data-key="stages" class="stages" aria-label="How far it has come">${stages.map((each, k) => {
    const done = isReached(each, n);
    if (guide.now && !done) return null;
    const [look, said] = done ? [each.bad ? "done bad" : "done", ", done"] : k === next ? ["now", ", next"] : ["", ", not yet"];
    return html`<li class="${look}" data-key="${each.name}"><i>${done && icon(each.bad ? "cross" : "check")}</i>${each.name}<span class="sr">${said}</span></li>`;
  })}</ol>`;
}

/** @param {Stage} stage @param {number} n */
const isReached = (stage, n) => stage.n !== null && stage.n <= n;
