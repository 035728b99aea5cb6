// @ts-check
/** Which lesson is taken, and how far one is in it. */
import { html } from "../../template.js";
import { fill } from "../../lesson.js";

/** @typedef {import("../../lesson.js").Act} Act @typedef {import("../../lesson.js").Lesson} Lesson @typedef {import("../../lesson.js").Call} Call @typedef {import("../../lesson.js").Value} Value */
/** @typedef {{ name: string, place: number, title: string, learn: string, minutes: number, direction: string, asks: number }} Listed */
/** @typedef {{ call: Call, request: import("../../api.js").ApiRequest | null, status: number | null, wrong: string }} Made a call, and what came of it */
/**
 * `phase` of the act: it is told what will happen, its calls are being made, or it is played in the theatre. `asks` are
 * the steps before which each question is asked, -1 if there is none; `chosen` are the options, by act and question;
 * `left` is the variation that one has left the rails for, `announced` the question that was read out.
 * @typedef {{ name: string, lesson: Lesson | null, missing: boolean, act: number, phase: "told" | "called" | "played", made: Made[], facts: Record<string, Value>,
 *   asks: number[], chosen: Map<string, number>, left: number, announced: string }} State
 */

export const LETTERS = "ABCD";

/** @type {Record<string, ("pull" | "push")[]>} */
export const DIRECTIONS = { pull: ["pull"], push: ["push"], both: ["pull", "push"] };

/** @returns {State} */
const fresh = () => ({ name: "", lesson: null, missing: false, act: 0, phase: "told", made: [], facts: {}, asks: [], chosen: new Map(), left: -1, announced: "" });

/** The state. Whoever waited for something looks whether it is still the one that they waited for. */
export let at = fresh();

/** Every lesson there is; null as long as nobody has said. */
export const lessons = { list: /** @type {Listed[] | null} */ (null) };

/** Begin anew: whatever is under way is for nobody any more. @param {string} [name] of a lesson */
export function begin(name = "") { at = { ...fresh(), name } }

/** Begin an act of the lesson. @param {number} n */
export function beginAct(n) {
  Object.assign(at, { act: n, phase: "told", asks: [], left: -1, announced: "" });
  if (n === 0) Object.assign(at, { facts: {}, chosen: new Map() });
  at.made = unmade(act().calls);
}

/** The lesson that is taken: there is one, where this is asked. */
export const lesson = () => /** @type {Lesson} */ (at.lesson);

/** The act one is in. @returns {Act} */
export const act = () => lesson().acts[at.act];

/** @param {Call[]} calls @returns {Made[]} */
export const unmade = (calls) => calls.map((call) => ({ call, request: null, status: null, wrong: "" }));

// ── questions and answers ──

/** The name of a question among all of the lesson. @param {number} question */
export const nameOf = (question) => `${at.act}.${question}`;

/** The question that is asked when n steps are shown; -1 for none. @param {number} n */
export const questionAt = (n) => at.asks.indexOf(n + 1);

/** How many were answered right. */
export const rightOnes = () => [...at.chosen].filter(([name, option]) => {
  const [n, question] = name.split(".").map(Number);
  return lesson().acts[n].questions[question].options[option].right;
}).length;

/** How many questions the lesson asks. */
export const asksInAll = () => lesson().acts.reduce((sum, each) => sum + each.questions.length, 0);

// ── words ──

/** Text of a lesson with its amounts filled in, as it is read out. @param {string} text */
export const spoken = (text) => fill(text, at.facts).replaceAll("`", "");

/** Text of a lesson with its amounts filled in; what stands in backticks is code. @param {string} text */
export const prose = (text) => fill(text, at.facts).split("`").map((each, n) => n % 2 ? html`<code>${each}</code>` : each);
