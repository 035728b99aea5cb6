// @ts-check
/** An act that is played in the theatre: what is asked before a step, and what comes of it. */
import { guide } from "../../guide.js";
import { icon } from "../../icons.js";
import { factsOf, places } from "../../lesson.js";
import { redraw, say } from "../../page.js";
import { keep } from "../../progress.js";
import { html } from "../../template.js";
import theatre from "../theatre.js";
import { callLine } from "./calls.js";
import { LETTERS, act, asksInAll, at, lesson, lessons, nameOf, prose, questionAt, rightOnes, spoken, unmade } from "./state.js";

/** @typedef {import("../../story.js").Story} Story @typedef {import("../../story.js").Step} Step @typedef {import("../../lesson.js").Option} Option @typedef {import("../../lesson.js").Variation} Variation */

/** Play an act. @param {Story} story @returns {string} why it cannot be played; empty if it is */
export function play(story) {
  const facts = factsOf(act(), story, at.facts);
  const where = places(act(), story);
  if (where.includes(0) || Object.keys(act().facts).some((each) => !(each in facts))) {
    return "This went otherwise than the lesson tells: a fault, a staged outcome or a blocked card is in the way.";
  }
  Object.assign(at, { facts, phase: "played", asks: theatre.play(story, where) });
  guide.now = { furthest, asks: (n) => questionAt(n) >= 0 && !at.chosen.has(nameOf(questionAt(n))), panel };
  say(`${act().title}. It has happened: step through it with the arrow keys.`);
  return "";
}

/** How far one may go: to the first question that is not answered. @param {Step[]} steps */
function furthest(steps) {
  const open = at.asks.filter((_, n) => !at.chosen.has(nameOf(n)));
  return open.length ? Math.min(...open) - 1 : steps.length;
}

/** Whoever does not look is told what is asked, once. @param {number} question */
function announce(question) {
  if (at.announced === nameOf(question) || at.chosen.has(nameOf(question))) return;
  at.announced = nameOf(question);
  const { ask, options } = act().questions[question];
  const text = spoken(`Your prediction? ${ask} ${options.map((each, n) => `${LETTERS[n]}: ${each.say}.`).join(" ")}`);
  setTimeout(() => say(text));
  bringIntoView(".quiz");
}

/** On a phone the question stands below the messages. @param {string} selector */
export function bringIntoView(selector) {
  if (!matchMedia("(max-width: 760px)").matches) return;
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(selector)?.scrollIntoView({ block: "nearest" })));
}

/** What stands where the message is read otherwise. @param {number} n how many steps are shown */
function panel(n) {
  const question = questionAt(n);
  if (question >= 0) {
    announce(question);
    return quiz(question, n);
  }
  if (n === 0) return opening();
  return n === theatre.length() ? finale() : null;
}

function opening() {
  const { title, tell, questions } = act();
  return html`<section class="panel quiz opening" data-key="opening ${at.act}"><p class="kicker">${lesson().title} · ${questions.length} ${questions.length === 1 ? "question" : "questions"}</p><h2>${title}</h2><p>${prose(tell)}</p>
<p class="why">It has happened. Now watch it: play it, or step through it with the arrow keys. Before the steps that matter you are asked what will happen.</p></section>`;
}

// ── a question ──

/** @param {number} number @param {number} n */
function quiz(number, n) {
  const { ask, options, why } = act().questions[number];
  const chosen = at.chosen.get(nameOf(number));
  const answered = chosen !== undefined;
  return html`<section class="panel quiz ${answered && "answered"}" data-key="quiz ${nameOf(number)}" aria-labelledby="ask"><p class="kicker">${lesson().title} · ${answered ? `before step ${n + 1}` : `predict step ${n + 1}, then watch it`}</p>
<h2 id="ask">${prose(ask)}</h2><ol class="opts">${options.map((each, o) => optionView(each, o, chosen))}</ol>
${answered && html`<div class="why">${verdict(options[chosen], why)}</div>
<div class="onward"><button class="btn" data-do="next" data-key="next">Watch step ${n + 1}${icon("next")}</button></div>`}</section>`;
}

/** @param {Option} option @param {number} o @param {number | undefined} chosen */
function optionView({ say, right }, o, chosen) {
  const answered = chosen !== undefined;
  const look = answered && (right ? "right" : o === chosen && "wrong");
  return html`<li data-key="${o}"><button class="opt ${look}"
 data-do="answer" data-arg="${o}" ${answered && html`aria-disabled="true"`} aria-keyshortcuts="${LETTERS[o].toLowerCase()} ${o + 1}"><kbd>${LETTERS[o]}</kbd><span>${prose(say)}${look === "right" && html`<span class="sr">, the right one</span>`}</span>${look && icon(look === "right" ? "check" : "cross")}</button></li>`;
}

/** @param {Option} picked @param {string} why */
const verdict = (picked, why) => picked.right ? html`<p><b>Right.</b> ${prose(why)}</p>` : html`<p><b>Not quite.</b> ${prose(picked.but ?? "")}</p><p>${prose(why)}</p>`;

/** Answer the question that is asked. @param {number} option */
export function answer(option) {
  const number = questionAt(theatre.position());
  const question = at.phase === "played" ? act().questions[number] : undefined;
  if (!question?.options[option] || at.chosen.has(nameOf(number))) return;
  at.chosen.set(nameOf(number), option);
  const picked = question.options[option];
  const right = question.options.findIndex((each) => each.right);
  const said = picked.right ? "Right." : `Not quite. ${picked.but} The answer is ${LETTERS[right]}: ${question.options[right].say}.`;
  say(spoken(`${said} ${question.why}`));
  bringIntoView(".quiz");
  keep(at.name, { right: rightOnes(), asked: asksInAll(), done: at.chosen.size === asksInAll() });
  redraw();
}

// ── the end ──

function finale() {
  const { acts, title, leave } = lesson();
  const next = acts[at.act + 1];
  const kicker = next ? `part ${at.act + 1} of ${acts.length}` : `${rightOnes()} of ${asksInAll()} right`;
  return html`<section class="panel quiz finale" data-key="finale ${at.act}"><p class="kicker">${title} · ${kicker}</p><h2>${prose(act().end)}</h2>
${next ? html`<button class="btn" data-do="act" data-key="act">${next.title}${icon("next")}</button>` : html`<h3>Now leave the rails</h3><ul class="leave">${leave.map(variation)}</ul>
<p class="ways"><a href="/shop">Try your own at the desk</a><button class="plain-btn" data-do="again">Take it again</button>${nextLesson()}</p>`}</section>`;
}

/** @param {Variation} variation @param {number} n */
const variation = ({ say, tell, calls, to }, n) => html`<li data-key="${n}"><div><b>${say}</b><p>${tell}</p>
${calls && html`<details><summary>${calls.length === 1 ? "its call" : `its ${calls.length} calls`}</summary><ol class="made-calls">${(at.left === n ? at.made : unmade(calls)).map(callLine)}</ol></details>`}</div>
${to ? html`<a class="btn ghost" href="${to}">Go</a>` : html`<button class="btn ghost" data-do="leave" data-arg="${n}" aria-label="Try it: ${say}">Try it</button>`}</li>`;

function nextLesson() {
  const { list } = lessons;
  const next = list?.[list.findIndex((each) => each.name === at.name) + 1];
  return next ? html`<a href="/lessons/${next.name}">Next: ${next.title}</a>` : html`<a href="/lessons">All lessons</a>`;
}
