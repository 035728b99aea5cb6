// @ts-check
/** An act before it is played: what it tells, and the calls that make it happen. */
import { read } from "../../api.js";
import { directionGlyph, icon } from "../../icons.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { callLine, makeCalls } from "./calls.js";
import { play } from "./playing.js";
import { DIRECTIONS, act, at, lesson, lessons, prose, unmade } from "./state.js";

/** What the act tells, and its calls. */
export function toldView() {
  const { acts, direction, learn, place, title } = lesson();
  return html`<div class="telling"><p class="kicker"><a href="/lessons">Lessons</a> · ${place} of ${lessons.list?.length ?? "…"}</p>
<header class="title">${DIRECTIONS[direction].map(directionGlyph)}<div><h1 class="screen">${title}</h1><p>${learn}</p></div></header>
<section class="panel act" data-key="act ${at.act}" aria-labelledby="act"><p class="kicker">${acts.length > 1 ? `Part ${at.act + 1} of ${acts.length}` : "The story"}</p>
<h2 id="act" tabindex="-1">${act().title}</h2><p class="tell">${prose(act().tell)}</p>
<h3>These calls make it happen</h3><ol class="made-calls">${at.made.map(callLine)}</ol>
${buttons()}</section></div>`;
}

function buttons() {
  const failed = at.made.some((each) => each.wrong);
  const button = at.phase === "called" && !failed ? html`<button class="btn" disabled data-key="go">Calling …</button>`
    : html`<button class="btn" data-do="make" data-key="go">${icon("play")}${failed ? "Try again" : "Make these calls"}</button>`;
  return html`<div class="go">${button}
${failed && html`<button class="btn ghost" data-do="mend">Take all faults and staged outcomes away</button>`}
<span class="note">They are real: your sandbox's books and its clock will move.</span></div>`;
}

/** Make the calls of the act, and play what comes of them. */
export async function make() {
  const mine = at;
  at.phase = "called";
  at.made = unmade(act().calls);
  redraw();
  const id = await makeCalls(at.made, act().story);
  const story = id ? await read(`/console/stories/${id}`) : null;
  if (mine !== at) return; // meanwhile somebody went elsewhere
  const wrong = story ? play(story) : id ? "Its story cannot be read." : "";
  if (wrong) at.made[at.made.length - 1].wrong = wrong;
  if (wrong || !story) {
    at.phase = "told";
    say("That went wrong.");
  }
  redraw();
}
