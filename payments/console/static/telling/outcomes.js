// @ts-check
/** What those who asked are told in the end, and what happens because time has passed. */
import { partyOf } from "../words.js";
import { BOOKED, meaning } from "./messages.js";
import { draft } from "./requests.js";

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").StoryEvent} StoryEvent @typedef {import("../story.js").Step} Step @typedef {import("../story.js").Fact} Fact */
/** @typedef {import("./requests.js").Draft} Draft */

/** By the state that is reached: a label, and a sentence. @type {Record<string, [string, string]>} */
const OUTCOMES = {
  authorized: ["Approved", "The till prints “approved”. The shop hands over the goods before it has been paid."],
  captured: ["Approved and captured", "The till prints “approved”. The shop hands over the goods before it has been paid."],
  declined: ["Declined", "It is an answer like any other: nothing is owed by anybody."],
  failed: ["Failed: nobody answered", "Nobody knows whether the issuer had said yes. So it is reversed until that is answered: nothing stays held."],
  expired: ["The authorization has expired", "The shop never captured it: it can no longer."],
  paid: ["Paid", "The recipient has the money."],
  unknown: ["Unknown: no answer", "The push may have been paid, or not. The money stays set aside, and it must not be sent again."],
  deferred: ["Deferred", "The network keeps it for later."],
  cancelled: ["Cancelled", "It was stopped in time: the sender has its money again."],
  returned: ["Returned", "The money is back. What it cost is not."],
  refused: ["Refused", "It is not sent. What was set aside is released."],
  received: ["Received", "The money is there to be used, before any bank has settled it."],
  reversed: ["Reversed", "The money is back on the card."],
  adjusted: ["Adjusted", "The money is back on the card."],
  accepted: ["Adjusted", "The recipient’s bank consented."],
};

/** Who is told of it. @type {Record<string, string>} */
const TOLD = { payment: "merchant", disbursement: "channel", adjustment: "channel", funding: "sender", transfer: "sender" };

const BAD = ["declined", "failed", "unknown", "refused"];

/** What an event means to those who asked; null if nobody is told of it.
 * @param {StoryEvent} event @param {Story} story @param {Step[]} steps those before it @returns {Draft[] | null} */
export function outcomeOf(event, story, steps) {
  const acquirer = partyOf(story, "acquirer")?.id ?? event.institution;
  const alone = (/** @type {string} */ who, /** @type {string} */ label, /** @type {string} */ plain) => [draft(who, who, "TIMER", label, plain, [], { shape: "self" })];
  if (event.type === "transaction.expired") return alone(event.institution, "The hold has expired", BOOKED.expire);
  if (event.type === "payment.expired") return alone(acquirer, ...OUTCOMES.expired);
  if (event.type === "reversal.answered" && steps.some((each) => each.label === "…/void")) {
    return [draft(acquirer, partyOf(story, "merchant")?.id ?? acquirer, "200", "Voided", "The shop is told that the hold is gone.", [], { shape: "answer" })];
  }
  return isTold(event, story) ? [answer(event, story, steps, acquirer)] : null;
}

/** Is anybody told of a state that has been reached? @param {StoryEvent} event @param {Story} story */
function isTold({ type, data }, story) {
  const [noun, state] = type.split(".");
  if (!Object.hasOwn(TOLD, noun) || !Object.hasOwn(OUTCOMES, state)) return false;
  if (noun === "payment") return data.from === "pending";
  if (noun === "transfer") return data.move !== undefined;
  return story.kind !== "transfer";
}

/** @param {StoryEvent} event @param {Story} story @param {Step[]} steps @param {string} acquirer @returns {Draft} */
function answer({ type, data }, story, steps, acquirer) {
  const [noun, state] = type.split(".");
  const [label, plain] = OUTCOMES[state];
  const rc = data.response_code ?? "";
  const how = rc && rc !== "00" ? meaning(steps.findLast((each) => each.message && each.rc === rc)?.message, rc) : "";
  const atOnce = ["pending", "pushing", "held"].includes(data.from ?? "");
  /** @type {Fact[]} */
  const facts = [["status", `"${state}"`, ""]];
  if (data.approval_code) facts.push(["approval_code", `"${data.approval_code}"`, ""]);
  if (rc) facts.push(["code", `"${rc}"`, how]);
  const told = how && !label.includes(":") ? `${label}: ${how}` : label;
  return draft(acquirer, partyOf(story, TOLD[noun])?.id ?? acquirer, atOnce ? "201" : "NEWS", told, plain, facts, { shape: "answer", rc, good: !BAD.includes(state), type });
}
