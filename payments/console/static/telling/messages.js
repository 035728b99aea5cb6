// @ts-check
/** What is said of each message, and of money that moves: a label beside its arrow, a title, and one plain sentence. */
import { money } from "../money.js";
import { partyOf, spelled } from "../words.js";

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").WireMessage} WireMessage */

/** @param {Story} story @param {string} id */
export const nameOf = (story, id) => story.parties.find((each) => each.id === id)?.name ?? id;

/** What a code means, by the message that has it. @param {WireMessage | null | undefined} message @param {string} code */
export function meaning(message, code) {
  const field = message?.fields?.find((each) => each.number === 39);
  return spelled(field?.meaning || (code === "00" ? "approved" : `code ${code}`));
}

const PASSED = "The same answer, on its way back.";

/** @typedef {{ story: Story, data: Record<string, any>, from: string, to: string, how: string, sum: string, fromNetwork: boolean, ok: boolean }} Said */

/** By type: [label, title, sentence], from what is known of the message. @type {Record<string, (t: Said) => [string, string, string]>} */
const MESSAGES = {
  authorization_request: (t) => t.fromNetwork
    ? ["Routed by card range", "Authorization request", `The card number begins with ${t.data.card?.number.slice(0, 6)}: that is ${t.to}’s range, so the network forwards the request there.`]
    : ["Authorization request", "Authorization request", `${t.from} turns the shop’s call into an ISO 8583 message and asks for ${t.sum}.`],
  authorization_reply: (t) => t.fromNetwork ? [t.data.decided_by === t.data.sender ? `Declined here: ${t.how}` : "Passed back", "Authorization response", t.data.decided_by === t.data.sender ? `${t.from} answers by itself: ${t.how}.` : PASSED]
    : t.ok ? ["Approved, hold placed", "Authorization response", `${t.from} sets ${t.sum} aside. A hold is not a debit: nothing has been booked yet.`]
      : [`Declined: ${t.how}`, "Authorization response", `${t.from} says no: ${t.how}. Nothing is held, nothing is booked.`],
  reversal: (t) => ["Reversal", "Reversal", t.fromNetwork ? `The network passes it on to ${t.to}, who must accept it.` : `${t.from} takes the authorization back. A reversal must be accepted, and is repeated until it is answered.`],
  reversal_reply: (t) => t.fromNetwork && t.ok ? ["Passed back", "Reversal response", PASSED]
    : [t.ok ? "Hold let go" : `Nothing to reverse: ${t.how}`, "Reversal response", t.ok ? `${t.from} lets the hold go: the money is the cardholder’s to spend again.` : `${t.from} knows of nothing to reverse.`],
  presentment: (t) => ["Presentment", "Presentment", t.fromNetwork ? `The network prices the sale and forwards it. ${t.to} will match it with the hold.` : `${t.from} presents the sale for payment, under a reference of its own (ARN) for life.`],
  refund_presentment: (t) => ["Refund presented", "Refund presentment", t.fromNetwork ? `The network forwards the refund; ${t.to} will credit its cardholder.` : `${t.from} presents the refund: money that goes the other way, with a message of its own.`],
  presentment_reply: (t) => t.fromNetwork ? [`Cleared in ${t.data.window?.replace("win_", "window ") || "no window"}`, "Presentment response", `The network has booked who owes whom, ${t.data.interchange_amount ? `${money(t.data.interchange_amount, t.story.currency)} interchange taken off, ` : ""}and says in which window it will be settled.`]
    : t.ok ? ["Booked", "Presentment response", `Now it is real: ${t.from} posts the entry to its cardholder and owes, or is owed, the network the rest.`] : [`Refused: ${t.how}`, "Presentment response", `${t.from} refuses it: ${t.how}.`],
  original_credit: (t) => t.fromNetwork ? ["Routed by card range", "Original credit", `The network forwards the push to ${t.to}: “credit this card”.`]
    : [`Original credit, ${t.sum}`, "Original credit", `${t.from} pushes ${t.sum}. The sender’s money is set aside first; a push is never reversed.`],
  original_credit_reply: (t) => t.fromNetwork ? [t.data.decided_by === t.data.sender ? (t.data.code === "09" ? "Kept for later" : `Declined here: ${t.how}`) : "Passed back", "Original credit response", t.data.decided_by === t.data.sender ? (t.data.code === "09" ? `${t.from} keeps the push and will release it later. Until then it can be cancelled.` : `${t.from} declines by itself: ${t.how}.`) : `${PASSED} The network has booked who owes whom.`]
    : t.ok ? ["Credited", "Original credit response", `${t.from} has credited its customer at once, before any bank has paid it: it trusts the settlement.`] : [`Declined: ${t.how}`, "Original credit response", `${t.from} does not take it: ${t.how}.`],
  enquiry: (t) => ["Enquiry: what became of it?", "Enquiry", `${t.from} asks, instead of sending again: sent twice, it might be paid twice.`],
  enquiry_reply: (t) => [t.ok ? "It was paid" : t.data.code === "25" ? "Never processed" : `It was not: ${t.how}`, "Enquiry response", t.ok ? `${t.from} knows: the push was paid. What was set aside is booked now.` : `${t.from} knows: it was not paid (${t.how}). What was set aside is released.`],
  cancellation: (t) => ["Cancellation", "Cancellation", `${t.from} asks to stop the push while the network still keeps it.`],
  cancellation_reply: (t) => [t.ok ? "Stopped" : `Too late: ${t.how}`, "Cancellation response", t.ok ? `${t.from} has stopped it: nothing was sent on.` : `${t.from} cannot stop it any more.`],
  original_credit_advice: (t) => ["What became of the deferred push", "Original credit advice", `${t.from} released the push, and now says how it ended.`],
  original_credit_advice_reply: (t) => ["Noted", "Original credit advice response", `${t.from} has noted it.`],
  original_credit_return: (t) => ["Return", "Original credit return", t.fromNetwork ? `The network passes the return on to ${t.to}.` : `${t.from} sends the money back: its customer did not accept it.`],
  original_credit_return_reply: (t) => ["Return accepted", "Original credit return response", t.fromNetwork ? PASSED : `${t.from} has given the money back to the sender. The fees are kept.`],
  adjustment: (t) => [`Adjustment, ${t.sum}`, "Adjustment", t.fromNetwork ? `The network asks ${t.to} for the money back.` : `${t.from} asks for ${t.sum} of the push back. It is a request, not a reversal: the other bank may say no.`],
  adjustment_reply: (t) => t.fromNetwork ? ["Passed back", "Adjustment response", PASSED] : [t.ok ? "Taken back" : `Refused: ${t.how}`, "Adjustment response", t.ok ? `${t.from} has debited its customer.` : `${t.from} does not give it back: ${t.how}.`],
  account_funding: (t) => t.fromNetwork ? ["Routed by card range", "Account funding", `The network forwards the pull to ${t.to}.`] : [`Account funding, ${t.sum}`, "Account funding", `${t.from} pulls ${t.sum} from the card. Unlike a purchase it is debited at once: there is no hold.`],
  account_funding_reply: (t) => t.fromNetwork ? [t.data.decided_by === t.data.sender ? `Declined here: ${t.how}` : "Passed back", "Account funding response", t.data.decided_by === t.data.sender ? `${t.from} answers by itself: ${t.how}.` : PASSED]
    : t.ok ? ["Debited", "Account funding response", `${t.from} has debited its cardholder, and owes the network.`] : [`Declined: ${t.how}`, "Account funding response", `${t.from} says no: ${t.how}.`],
  funding_reversal: (t) => ["Reversal of the pull", "Funding reversal", t.fromNetwork ? `The network passes it on to ${t.to}.` : `${t.from} gives back what was pulled; repeated until it is answered.`],
  funding_reversal_reply: (t) => t.fromNetwork ? ["Passed back", "Funding reversal response", PASSED] : ["Given back", "Funding reversal response", `${t.from} has credited its cardholder again.`],
  funding_adjustment: (t) => ["Adjustment of the pull", "Funding adjustment", `It is too late for a reversal, so ${t.fromNetwork ? "the network passes on" : `${t.from} sends`} an adjustment.`],
  funding_adjustment_reply: (t) => t.fromNetwork ? ["Passed back", "Funding adjustment response", PASSED] : ["Given back", "Funding adjustment response", `${t.from} has credited its cardholder again.`],
  settlement_instruction: (t) => [`Settle ${t.data.window?.replace("win_", "")}`, "Settlement instruction", `${t.from} has netted everything of the window: each member pays one sum, or is paid one. It asks the settlement bank to move them, all or nothing.`],
  settlement_advice: (t) => ["Settlement advice", "Settlement advice", `${t.from} tells ${t.to} what was settled, gross: what it paid, and what it was paid.`],
  settlement_advice_reply: (t) => ["Booked", "Settlement advice response", `${t.from} books it: the debt is gone, and its cash has moved.`],
  pay_merchant: (t) => [`Pay ${t.data.merchant_name ?? "the merchant"}, ${t.sum}`, "Payout order", `${t.from} asks the settlement bank to pay the merchant what is available: everything that has settled, less the fees.`],
  funds_received: (t) => [`Money came in, ${t.sum}`, "Funds received", `${t.from} tells the settlement bank that money has come in from outside.`],
  bank_reply: (t) => [t.ok ? "Done" : `Refused: ${t.data.short || t.how}`, "The bank’s answer", t.ok ? `${t.from} has moved the money between its accounts.` : `${t.from} did not: ${t.data.short ? `${t.data.short} is short` : t.how}.`],
  "money.settle": (t) => [`${t.sum} of the net`, "Money moves", t.fromNetwork ? `${t.from} pays ${t.to}. It never owned the money: it only counted. What moves at the settlement bank is everybody’s net; ${t.sum} of it is for this.`
    : `Only now does money move: ${t.from} pays in. What moves at the settlement bank is the net of everybody’s items; ${t.sum} of it is for this.`],
  "money.payout": (t) => [t.sum, "Payout", `${t.from} pays ${t.to} into its account at the settlement bank.`],
};

/** What is said of an entry that no message asked for. @type {Record<string, string>} */
export const BOOKED = { expire: "The time for it is over: what was held is let go.", push_available: "The money is available from now on.", return: "The money is taken out of the account again." };

/** @type {Record<string, string>} */
const CODES = { settlement_instruction: "SETTLE", pay_merchant: "PAY", funds_received: "PAID IN", bank_reply: "OK", "money.payout": "PAYOUT", "money.settle": "PAY" };

/** The short mark of a message: its type on the wire, if it has one. @param {Record<string, any>} data */
function codeOf({ type, mti = "" }) {
  if (/^\d{4}$/.test(mti)) return mti;
  return CODES[type] ?? (mti ? type.toUpperCase() : "BOOK");
}

/** What is said of a payout of which only a part is a story's. @param {number} part @param {string} currency @param {number} all */
export const payoutLabel = (part, currency, all) => `${money(part, currency)} of ${money(all, currency)}`;

/** What is said of a message, or of money that moves. @param {Story} story @param {Record<string, any>} data @param {WireMessage | null} [message]
 * @returns {{ code: string, label: string, title: string, plain: string }} */
export function sayMessage(story, data, message) {
  const code = codeOf(/** @type {{ type: string }} */ (data));
  if (!Object.hasOwn(MESSAGES, data.type)) {
    const name = spelled(data.event ?? data.type);
    return { code, label: name, title: name, plain: BOOKED[data.event] ?? "" };
  }
  const [label, title, plain] = MESSAGES[data.type]({
    story, data, from: nameOf(story, data.sender), to: nameOf(story, data.receiver), ok: ["00", "85"].includes(data.code ?? "00"),
    how: meaning(message, data.code), sum: data.amount ? money(data.amount, data.currency) : "", fromNetwork: data.sender === partyOf(story, "network")?.id,
  });
  return { code, label, title, plain };
}
