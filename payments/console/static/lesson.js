// @ts-check
/** What a lesson file says, found in what really happened: pure functions, without a screen. */
import { money } from "./money.js";

/**
 * Which event is meant. `message`, `from`, `to`, `code`: a message sent; `money`: what was booked; `of`: in whose book;
 * `debit`, `credit`, `purpose`, `kind`: of one of its transfers; `type` and dotted names (`data.currency`) as they are.
 * @typedef {Record<string, string>} Matcher
 * @typedef {{ say: string, post?: string, get?: string, body?: any, as?: string, expect?: number }} Call
 * @typedef {{ where?: Matcher, take?: string, currency?: string, sum?: string, kind?: string, opening?: string, less_held?: boolean }} Fact
 * @typedef {{ say: string, but?: string, right?: boolean }} Option
 * @typedef {{ before: Matcher, ask: string, options: Option[], why: string, proof: any }} Question
 * @typedef {{ title: string, tell: string, calls: Call[], story: string, facts: Record<string, Fact>, questions: Question[], end: string }} Act
 * @typedef {{ say: string, tell: string, calls?: Call[], story?: string, to?: string }} Variation
 * @typedef {{ place: number, title: string, learn: string, minutes: number, direction: string, acts: Act[], leave: Variation[] }} Lesson
 * @typedef {{ minor: number, currency: string } | string} Value
 */

const TRANSFER = ["kind", "debit", "credit", "minor", "currency", "purpose"];
const OF_TRANSFERS = ["debit", "credit", "purpose", "kind"];
/** @type {Record<string, string>} */
const SHORT = { message: "data.type", from: "data.sender", to: "data.receiver", code: "data.code", money: "data.event", of: "institution" };

/** @param {any} event @returns {Record<string, any>[]} */
const transfersOf = (event) => (event.data.transfers ?? []).map((/** @type {any[]} */ each) => Object.fromEntries(each.map((value, n) => [TRANSFER[n], value])));

/** Look up `a.b.c`; `key=value` finds in a list, `*` adds up over all of it. @param {any} from @param {string} path @returns {any} */
export function pick(from, path) {
  let at = from;
  const steps = path.split(".");
  for (const [n, step] of steps.entries()) {
    if (at === null || at === undefined) return undefined;
    const [key, wanted] = step.split("=");
    if (step === "*") return at.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + pick(each, steps.slice(n + 1).join(".")), 0);
    at = wanted === undefined ? at[step] : at.find((/** @type {any} */ each) => String(each[key]) === wanted);
  }
  return at;
}

/** @param {any} event @param {Matcher} where @returns {boolean} */
export function fits(event, where) {
  if ("message" in where && event.type !== "message.sent") return false;
  if ("money" in where && !event.type.startsWith("money.")) return false;
  const wanted = OF_TRANSFERS.filter((each) => each in where);
  if (wanted.length && !transfersOf(event).some((made) => wanted.every((each) => made[each] === where[each]))) return false;
  return Object.entries(where).every(([name, value]) => OF_TRANSFERS.includes(name) || pick(event, SHORT[name] ?? name) === value);
}

/** What a fact is worth in a story. @param {Fact} fact @param {{ events: any[], opening: any }} story @returns {Value | undefined} */
function valueOf(fact, story) {
  if (fact.opening) {
    const of = story.opening[fact.opening];
    const minor = of ? of.credits - of.debits - (fact.less_held ? of.held_debits : 0) : 0;
    return { minor, currency: fact.opening.split(".")[2] };
  }
  const event = story.events.find((each) => fits(each, fact.where ?? {}));
  if (!event) return undefined;
  if (fact.take) {
    const found = pick(event, fact.take);
    return typeof found === "number" ? { minor: found, currency: pick(event, fact.currency ?? "data.currency") ?? "USD" } : found;
  }
  const made = transfersOf(event).filter((each) => (fact.sum === "*" || each.purpose === fact.sum) && (!fact.kind || each.kind === fact.kind));
  return { minor: made.reduce((sum, each) => sum + each.minor, 0), currency: made[0]?.currency ?? "USD" };
}

/** The values of an act's facts, beside those `known` from the acts before.
 * @param {Act} act @param {any} story @param {Record<string, Value>} known @returns {Record<string, Value>} */
export function factsOf(act, story, known = {}) {
  const found = { ...known };
  for (const [name, fact] of Object.entries(act.facts)) {
    const value = valueOf(fact, story);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** `sale - interchange`, in the currency of the first. @param {string} expression @param {Record<string, Value>} facts
 * @returns {{ minor: number, currency: string }} */
export function reckon(expression, facts) {
  const [first, ...rest] = expression.trim().split(/\s+/);
  const worth = (/** @type {string} */ name) => {
    const value = facts[name];
    if (typeof value !== "object") throw new Error(`There is no amount called ${name}.`);
    return value;
  };
  const sum = { ...worth(first) };
  for (let n = 0; n < rest.length; n += 2) sum.minor += (rest[n] === "-" ? -1 : 1) * worth(rest[n + 1]).minor;
  return sum;
}

/** `{{sale - interchange}}` becomes an amount of money, `{code}` what it is. @param {string} text @param {Record<string, any>} facts */
export const fill = (text, facts) => text
  .replace(/\{\{([^}]+)\}\}/g, (_, expression) => { const { minor, currency } = reckon(expression, facts); return money(minor, currency) })
  .replace(/\{([^}]+)\}/g, (_, path) => String(pick(facts, path)));

/** A call with what earlier calls answered put in. @param {any} value @param {Record<string, any>} replies @returns {any} */
export function fillCall(value, replies) {
  if (typeof value === "string") return fill(value, replies);
  if (Array.isArray(value)) return value.map((each) => fillCall(each, replies));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fillCall(each, replies)]));
  return value;
}

/** The method, path and body of a call. @param {Call} each @param {Record<string, any>} replies */
export const asked = (each, replies) => ({
  method: each.post ? "POST" : "GET", path: fillCall(each.post ?? each.get, replies), body: fillCall(each.body, replies),
});

/** Where each question belongs: the position of the event before which it is asked; 0 if it never happened.
 * @param {Act} act @param {{ events: any[] }} story @returns {number[]} */
export const places = (act, story) => act.questions.map((each) => story.events.find((event) => fits(event, each.before))?.position ?? 0);
