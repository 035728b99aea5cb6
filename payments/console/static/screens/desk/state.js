// @ts-check
/** What the shop and the desk know, and how they ask: whatever they do is a call of the API. */
import { call, mayRepeat, newKey, trouble } from "../../api.js";
import { institutionName } from "../../names.js";
import { amount, exponent } from "../../money.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { icon } from "../../icons.js";

/**
 * @typedef {{ title: string, detail?: string, code?: string, errors?: { field: string, problem: string }[] }} Problem
 * @typedef {{ busy: boolean, problem: Problem | null }} Place where something is asked for, and what was wrong with it
 * @typedef {{ id: string, account: string, holder: string, issuer: string, currency: string, number: string, expiry: string, does: string }} TestCard
 */

/** The seeded world, as the API lists it. */
export const world = {
  /** @type {TestCard[]} */ cards: [],
  /** @type {any[]} */ merchants: [],
  /** @type {any[]} */ senders: [],
  /** @type {any[]} */ programmes: [],
  /** Are rates quoted for cards in other currencies? Asked when it matters first. @type {boolean | null} */ quotes: null,
  /** @type {Problem | null} */ problem: null,
};

/** What the code panel shows: the call that was made last, or the one that is next on the side touched last. */
export const shown = {
  when: "next",
  /** @type {"sale" | "push"} */ side: "sale",
  language: "curl",
  /** The key of the next call: the one shown is the one sent. */
  key: newKey(),
  /** @type {{ status: number, body: any, request: import("../../api.js").ApiRequest } | null} */ last: null,
};

/** Somebody changed what is next: it is another call, under a key of its own. @param {"sale" | "push"} side */
export function touched(side) {
  Object.assign(shown, { side, when: "next", key: newKey() });
}

/**
 * Make a call that somebody asked for, and show it. What is wrong with it stays at its place until the next call.
 * @param {Place} place @param {string} method @param {string} path @param {any} [body]
 * @param {{ key?: string, file?: import("../../api.js").Sent }} [given]
 * @returns {Promise<any>} the reply's body; null if it was refused, or another call of this place is still running
 */
export async function ask(place, method, path, body, given) {
  if (place.busy) return null;
  Object.assign(place, { busy: true, problem: null });
  redraw();
  const reply = await call(method, path, body, given);
  Object.assign(shown, { last: reply, when: "last", key: mayRepeat(reply.status) ? shown.key : newKey() });
  place.busy = false;
  redraw();
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  place.problem = trouble(reply);
  say(`${place.problem.title} ${place.problem.detail ?? ""}`);
  return null;
}

/** Read something that the screen shows. @param {string} path @returns {Promise<any>} null if there is none */
export async function get(path) {
  const { status, body } = await call("GET", path);
  return status === 200 ? body : null;
}

/** Have `work` done soon: once, however often it is asked for meanwhile, and never twice at a time.
 * @param {() => Promise<void>} work @param {number} [wait] milliseconds */
export function soon(work, wait = 150) {
  let [planned, running] = [false, false];
  const begin = async () => {
    [planned, running] = [false, true];
    await work();
    running = false;
    redraw();
    if (planned) setTimeout(begin, wait);
  };
  return () => {
    if (!planned && !running) setTimeout(begin, wait);
    planned = true;
  };
}

/** A number but for its first six and last four digits, as replies show it. @param {string} number */
export const masked = (number) => number.slice(0, 6) + "•".repeat(Math.max(0, number.length - 10)) + number.slice(-4);

/** Whatever could be a card number in a text, masked. @param {string} text */
export const withoutNumbers = (text) => text.replace(/\d{12,19}/g, masked);

/** @param {string} id */
export const cardOf = (id) => world.cards.find((each) => each.id === id);

/** The card of a masked number. @param {{ masked: string } | undefined} card */
export const cardWith = (card) => world.cards.find((each) => masked(each.number) === card?.masked)?.id;

/** Whose card is that? @param {string} number masked */
export const holderOf = (number) => world.cards.find((each) => masked(each.number) === number)?.holder ?? `•••• ${number.slice(-4)}`;

/** @param {string} name */
export const first = (name) => name.split(" ")[0];

/** `Nora’s`. @param {string} name */
export const of = (name) => `${first(name)}’s`;

/** `Harbor` for Harbor Acquiring, where there is little room. @param {string} id of an institution */
export const shortName = (id) => institutionName(id).replace(/ (Bank|Acquiring|Merchant|Credit Union)$/, "");

/** What one picks from a few, side by side.
 * @param {string} label @param {[string, string][]} options value and name @param {string} value @param {string} action @param {boolean} [hidden] */
export const choice = (label, options, value, action, hidden = false) => html`<div class="d-choice" data-key="${action}"><span class="${hidden ? "sr" : "d-lab"}" id="of-${action}">${label}</span>
<div class="seg" role="group" aria-labelledby="of-${action}">${options.map(([each, name]) => html`<button type="button" data-key="${each}" data-do="${action}" data-arg="${each}" aria-pressed="${each === value}">${name}</button>`)}</div></div>`;

/** What the API said of a request it did not carry out. @param {Problem | null} problem @param {string} where @param {string} [advice] if it was about an amount */
export const problemBox = (problem, where, advice) => problem && html`<div class="d-problem" role="alert" data-key="problem"><b>${problem.title}</b>${problem.code && html` <code>${problem.code}</code>`}
${problem.detail && problem.detail !== problem.title && html`<p>${problem.detail}</p>`}${problem.errors && html`<ul>${problem.errors.map((each) => html`<li><code>${each.field}</code> ${each.problem}</li>`)}</ul>`}${advice && problem.errors?.some((each) => each.field.endsWith("amount")) && html`<p>${advice}</p>`}
<button type="button" class="d-x" data-do="dismiss" data-arg="${where}" aria-label="Dismiss">${icon("cross")}</button></div>`;

/** How an amount is typed. @param {string} currency */
export const typedAs = (currency) => `Type more than nothing, as ${amount(1250, currency)}: digits${exponent(currency) ? ` and at most ${exponent(currency)} behind the point` : " alone"}.`;

/** @type {Record<string, string>} */
const GOOD = { authorized: "ok", captured: "ok", paid: "ok", settled: "ok", completed: "ok", cleared: "ok", accepted: "ok", ready: "ok" };
/** @type {Record<string, string>} */
const BAD = { declined: "bad", failed: "bad", refused: "bad", rejected: "bad", invalid: "bad", returned: "bad" };

/** @param {string} status @param {string} [text] */
export const badge = (status, text = status) => html`<span class="badge ${GOOD[status] ?? BAD[status] ?? "warn"}">${text.replaceAll("_", " ")}</span>`;
