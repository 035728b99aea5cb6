// @ts-check
/** What a story is called, and what it is about in one sentence. */
import { money } from "../money.js";
import { given, partyOf, short } from "../words.js";

/** @typedef {import("../story.js").Story} Story */
/** @typedef {Pick<Story, "kind" | "amount" | "currency" | "parties">} Titled */

/** @type {Record<string, string>} */
const KINDS = { payment: "Card purchase", disbursement: "Disbursement", transfer: "Person to person", funding: "Account funding", deposit: "Money paid in", top_up: "Money paid in", payout: "Payout" };

/** @param {string} kind of a story */
export const kindName = (kind) => KINDS[kind] ?? kind;

/** @param {Titled} story */
export const titleOf = (story) => `${kindName(story.kind)}, ${money(story.amount, story.currency)}`;

/** @param {Story} story */
export function subtitleOf(story) {
  const who = (/** @type {string} */ role) => partyOf(story, role)?.name ?? "somebody";
  switch (story.kind) {
    case "payment": return `Pull: ${short(who("merchant"))} asks, ${given(who("cardholder"))}’s bank answers, the money comes back.`;
    case "funding": return `Pull: ${short(who("sender"))} asks, ${short(who("issuer"))} debits ${given(who("cardholder"))} at once.`;
    case "transfer": return `A pull, then a push: from ${given(who("cardholder"))} to ${given(who("recipient"))}, through ${short(who("sender"))}.`;
    case "disbursement": return `Push: ${who("sender")} starts it, instruction and money travel the same way.`;
    default: return "Money on its way to where it can be used.";
  }
}
