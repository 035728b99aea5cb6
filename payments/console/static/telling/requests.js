// @ts-check
/** What people and programs asked for, told by what their asking wrote. */
import { money } from "../money.js";
import { channelName, given, partyOf, spelled } from "../words.js";
import { nameOf } from "./messages.js";

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").StoryEvent} StoryEvent @typedef {import("../story.js").Step} Step @typedef {import("../story.js").Fact} Fact */
/** @typedef {Partial<Step> & { from: string, to: string, type: string }} Draft of a step */

/** How a card is read, by entry mode: its mark, what the cardholder does, and in two words. @type {Record<string, [string, string, string]>} */
const READ = {
  "07": ["TAP", "taps the card", "Tap card"], "05": ["CHIP", "inserts the card", "Insert card"], 90: ["SWIPE", "swipes the card", "Swipe card"],
  "01": ["KEYED", "tells the card number", "Number keyed in"], 81: ["ONLINE", "types the card number", "Card number online"],
};

/** Is it the beginning of something new? What is written before a message of it belongs to that message. @param {StoryEvent} event */
export const begins = (event) => /\.(pending|waiting|coming|held|reversing|adjusting|pushing)$/.test(event.type);

/** @param {string} from @param {string} to @param {string} code @param {string} label @param {string} plain @param {Fact[]} [facts] @param {Partial<Step>} [more] @returns {Draft} */
export const draft = (from, to, code, label, plain, facts = [], more = {}) =>
  ({ from, to, type: code === "POST" ? "request" : code.toLowerCase(), code, label, title: label, plain, facts, ...more });

/** The id of whoever plays a part, empty if nobody does. @param {Story} story @param {string} role */
const idOf = (story, role) => partyOf(story, role)?.id ?? "";

/** @param {Story} story @param {...string} roles */
const ids = (story, ...roles) => roles.map((role) => idOf(story, role));

/** @param {Story} story @param {Record<string, any>} data @returns {Fact[]} */
function orderFacts(story, data) {
  const [amount, currency] = [data.amount ?? story.amount, data.currency ?? story.currency];
  const holder = partyOf(story, "cardholder") ?? partyOf(story, "recipient");
  /** @type {Fact[]} */
  const card = story.card_masked ? [["card", story.card_masked, holder?.name ?? ""]] : [];
  return [["amount", String(amount), money(amount, currency)], ["currency", currency, ""], ...card];
}

/** What was asked for when an event was written; null if it says nothing of the kind, or if no story is given: just whether.
 * @param {StoryEvent} event @param {StoryEvent} [before] @param {Story} [story] @returns {Draft[] | null} */
export function requestOf(event, before, story) {
  if (!Object.hasOwn(REQUESTS, event.type)) return null;
  return story ? REQUESTS[event.type](story, event, before) : [];
}

/** @type {Record<string, (story: Story, event: StoryEvent, before?: StoryEvent) => Draft[] | null>} */
const REQUESTS = {
  "payment.pending"(story, { data }) {
    const [person, shop, acquirer] = ids(story, "cardholder", "merchant", "acquirer");
    const [code, does, label] = READ[story.entry_mode ?? ""] ?? READ["81"];
    return [
      draft(person, shop, code, label, `${given(nameOf(story, person))} ${does} for ${money(data.amount, data.currency)}${story.description ? `: ${story.description}` : ""}.`, [["card", story.card_masked ?? "", ""], ["read", code.toLowerCase(), ""]]),
      draft(shop, acquirer, "POST", "/v1/payments", `${nameOf(story, shop)} asks its acquirer to collect ${money(data.amount, data.currency)}. It is the only call the shop’s app makes.`, [["merchant", data.merchant, ""], ...orderFacts(story, data)]),
    ];
  },
  "capture.waiting"(story, { data, subject }, before) {
    if (before?.type === "payment.captured" && before.data.move === "approve_and_capture") return null;
    return [draft(idOf(story, "merchant"), idOf(story, "acquirer"), "POST", `…/capture ${money(data.amount, data.currency)}`, `The shop captures ${money(data.amount, data.currency)}: that is what it will really take. It waits for tonight’s clearing.`, [["amount", String(data.amount), money(data.amount, data.currency)], ["capture", subject, ""]])];
  },
  "payment.voided": (story) => [draft(idOf(story, "merchant"), idOf(story, "acquirer"), "POST", "…/void", "The shop does not want the money after all. What is only held can be let go by a reversal.")],
  "refund.pending": (story, { data, subject }) => [draft(idOf(story, "merchant"), idOf(story, "acquirer"), "POST", `/v1/refunds ${money(data.amount, data.currency)}`, "The shop gives money back. A refund is not a void: it is a new item, presented with the others at the cut-off.", [["amount", String(data.amount), money(data.amount, data.currency)], ["refund", subject, ""]])],
  "disbursement.pending": (story, event) => event.data.move === "release"
    ? [draft(idOf(story, "acquirer"), idOf(story, "acquirer"), "POST", "…/release", "Somebody has looked at the names, and lets the push go.", [], { shape: "self" })] : pushed(story, event),
  "disbursement.held": (story, event) => [...(pushed(story, event) ?? []), draft(idOf(story, "acquirer"), idOf(story, "channel"), "201", "Held: a name is on the list", "A name is like one on the sanctions list. The money is set aside, nothing is sent, and somebody has to look.", [], { shape: "answer", good: false })],
  "adjustment.pending": (story, { data }) => [draft(idOf(story, "channel"), idOf(story, "acquirer"), "POST", `/v1/adjustments ${money(data.amount, data.currency)}`, "The sender wants money back. A push is never reversed: one can only ask.", [["amount", String(data.amount), money(data.amount, data.currency)]])],
  "funding.pending"(story, { data }) {
    const [person, service, acquirer] = ids(story, "cardholder", "sender", "acquirer");
    if (story.kind === "transfer") return sentTo(story, person, service, acquirer);
    const sum = money(data.amount, data.currency);
    return [
      draft(person, service, "FORM", `Add ${sum}`, `${given(nameOf(story, person))} adds ${sum} in ${nameOf(story, service)}’s ${channelName(data.channel).toLowerCase()}.`, [["channel", data.channel, channelName(data.channel)]]),
      draft(service, acquirer, "POST", "/v1/fundings", `${nameOf(story, service)} asks its acquirer to pull ${sum} from the card.`, [["sender", data.sender, ""], ...orderFacts(story, data)]),
    ];
  },
  "funding.reversing": (story) => story.kind === "transfer" ? null : [draft(idOf(story, "sender"), idOf(story, "acquirer"), "POST", "…/reverse", "The service gives the money back. While the day’s window is open, that is a reversal.")],
  "funding.adjusting": (story) => story.kind === "transfer" ? null : [draft(idOf(story, "sender"), idOf(story, "acquirer"), "POST", "…/adjust", "The service gives the money back. It is too late for a reversal.")],
  "deposit.pending": (story, { data }) => [draft(idOf(story, "cardholder") || idOf(story, "issuer"), idOf(story, "issuer"), "PAY IN", money(data.amount, data.currency), "Money comes in from outside.")],
  "top_up.pending": (story, { data }) => [draft(idOf(story, "sender") || idOf(story, "acquirer"), idOf(story, "acquirer"), "PAY IN", money(data.amount, data.currency), "The sender pays in what it will push.")],
};

/** A transfer between people: asked for once, pulled and pushed by the service. @param {Story} story @param {string} person @param {string} service @param {string} acquirer @returns {Draft[]} */
function sentTo(story, person, service, acquirer) {
  const { amount, fee_amount: fee = 0, currency, channel = "", recipient_card_masked: card = "" } = story;
  const [sum, cost] = [money(amount, currency), money(fee, currency)];
  const to = partyOf(story, "recipient")?.name ?? "somebody";
  return [
    draft(person, service, "FORM", `Send ${sum} to ${given(to)}`, `${given(nameOf(story, person))} sends ${to} ${sum} in ${nameOf(story, service)}’s ${channelName(channel).toLowerCase()}. It costs ${cost}.`, [["channel", channel, channelName(channel)]]),
    draft(service, acquirer, "POST", "/v1/transfers", `${nameOf(story, service)} asks its acquirer to pull the money from one card, and to push it to the other.`, [["amount", String(amount), sum], ["fee", String(fee), cost], ["to", card, to]]),
  ];
}

/** @param {Story} story @param {StoryEvent} event @returns {Draft[] | null} */
function pushed(story, { data }) {
  if (story.kind === "transfer") return null;
  const [sender, channel, acquirer] = ids(story, "sender", "channel", "acquirer");
  const sum = money(data.amount, data.currency);
  return [
    draft(sender, channel, "FORM", `Pay ${sum}`, `${nameOf(story, sender)} starts it: ${partyOf(story, "recipient")?.name ?? "the recipient"} need do nothing.`, [["channel", data.channel, channelName(data.channel)], ["business application", data.business_application, ""]]),
    draft(channel, acquirer, "POST", "/v1/disbursements", `The ${channelName(data.channel).toLowerCase()} calls the acquirer’s API.`, [["sender", data.sender, ""], ["programme", spelled(data.programme ?? ""), ""], ...orderFacts(story, data)]),
  ];
}

