// @ts-check
/** What is said of each step: a label beside its arrow, a title, and one plain sentence. Unknown things get plain words. */
import { money } from "./money.js";

/** @typedef {import("./story.js").Story} Story @typedef {import("./story.js").StoryEvent} StoryEvent @typedef {import("./story.js").Step} Step */

const READ = { "07": ["TAP", "taps the card", "Tap card"], "05": ["CHIP", "inserts the card", "Insert card"], "90": ["SWIPE", "swipes the card", "Swipe card"], "01": ["KEYED", "tells the card number", "Number keyed in"], "81": ["ONLINE", "types the card number", "Card number online"] };
const CHANNELS = { mobile_app: "Mobile app", bank_branch: "Bank branch", web: "Web", api: "API", file: "File" };

/** @param {string} channel */
export const channelName = (channel) => CHANNELS[/** @type {"web"} */ (channel)] ?? channel.replaceAll("_", " ");

/** `insufficient_funds` in words. @param {string} word */
export const spelled = (word) => word.replaceAll("_", " ");

const NOTES = { authorization: "purchase", disbursement_fee: "fee", merchant_fee: "fee", funding_fee: "fee", original_credit: "push", account_funding: "pull", not_available_yet: "on hold", original_credit_return: "return", debit_adjustment: "adjustment" };

/** What an entry is for, in a word or two. @param {string} purpose */
export const noteOf = (purpose) => NOTES[/** @type {"merchant_fee"} */ (purpose)] ?? spelled(purpose);

/** @param {Story} story @param {string} id */
const nameOf = (story, id) => story.parties.find((each) => each.id === id)?.name ?? id;
/** @param {Story} story @param {string} role */
const byRole = (story, role) => story.parties.find((each) => each.role === role);
/** @param {string} name the given name of a person, the first words of a house */
export const short = (name) => /Bank|Union|Acquiring|Merchant/.test(name) ? name.replace(/ (Bank|Credit Union|Acquiring|Merchant)$/, "") : name;
/** @param {string} name */
export const given = (name) => name.split(" ")[0];

/** Whose card it is. @param {Story} story */
const holder = (story) => byRole(story, "cardholder") ?? byRole(story, "recipient");

/** What a code means, by the message that has it. @param {any} message @param {string} code */
function meaning(message, code) {
  const field = message?.fields?.find((/** @type {any} */ each) => each.number === 39);
  return spelled(field?.meaning || (code === "00" ? "approved" : `code ${code}`));
}

const PASSED = "The same answer, on its way back.";

/** @typedef {{ story: Story, data: any, message: any, from: string, to: string, how: string, sum: string, fromNetwork: boolean, toNetwork: boolean, ok: boolean }} Told */

/** By type: [label, title, sentence], from what is known of the message. @type {Record<string, (t: Told) => [string, string, string]>} */
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
  "money.payout": (t) => [t.data.all ? `${t.sum} of ${money(t.data.all, t.data.currency)}` : t.sum, "Payout", `${t.from} pays ${t.to} into its account at the settlement bank.`],
};

const BOOKED = { expire: "The time for it is over: what was held is let go.", push_available: "The money is available from now on.", return: "The money is taken out of the account again." };

/** What is said of a message, or of money that moves. @param {Story} story @param {any} data @param {any} message */
export function sayMessage(story, data, message) {
  const network = byRole(story, "network")?.id;
  /** @type {Told} */
  const t = {
    story, data, message, from: nameOf(story, data.sender), to: nameOf(story, data.receiver), ok: ["00", "85"].includes(data.code ?? "00"),
    how: meaning(message, data.code), sum: data.amount ? money(data.amount, data.currency) : "", fromNetwork: data.sender === network, toNetwork: data.receiver === network,
  };
  const say = MESSAGES[data.type];
  const code = data.type.startsWith("money.") ? (data.type === "money.payout" ? "PAYOUT" : "PAY") : /^\d{4}$/.test(data.mti ?? "") ? data.mti : data.mti ? shortCode(data.type) : "BOOK";
  if (!say) {
    const words = BOOKED[/** @type {"expire"} */ (data.event)] ?? "";
    return { code, label: spelled(data.event ?? data.type), title: spelled(data.event ?? data.type), plain: words };
  }
  const [label, title, plain] = say(t);
  return { code, label, title, plain };
}

const SHORT = { settlement_instruction: "SETTLE", pay_merchant: "PAY", funds_received: "PAID IN", bank_reply: "OK" };
const shortCode = (/** @type {string} */ type) => SHORT[/** @type {"bank_reply"} */ (type)] ?? type.toUpperCase();

// ── requests: what people and programs asked for ─────────────────────────────────────────────────────────

/** @typedef {Partial<Step> & { from: string, to: string, type: string }} Draft */

/** @param {string} from @param {string} to @param {string} code @param {string} label @param {string} plain @param {[string, string, string][]} [facts] @param {Partial<Step>} [more] @returns {Draft} */
const draft = (from, to, code, label, plain, facts = [], more = {}) => ({ from, to, type: code === "POST" ? "request" : code.toLowerCase(), code, label, title: label, plain, facts, ...more });

/** @param {Story} story @param {any} data @returns {[string, string, string][]} */
const orderFacts = (story, data) => [
  ["amount", String(data.amount ?? story.amount), money(data.amount ?? story.amount, data.currency ?? story.currency)], ["currency", data.currency ?? story.currency, ""],
  ...(story.card_masked ? /** @type {[string, string, string][]} */ ([["card", story.card_masked, `${holder(story)?.name ?? ""}`]]) : []),
];

/** What was asked for when an event was written; null if it says nothing of the kind, or if no story is given: just whether.
 * @param {StoryEvent} event @param {StoryEvent} [before] @param {Story} [story] @returns {Draft[] | null} */
export function requestOf(event, before, story) {
  const ask = REQUESTS[event.type];
  if (!ask) return null;
  return story ? ask(story, event, before) : [];
}

/** @type {Record<string, (story: Story, event: StoryEvent, before?: StoryEvent) => Draft[] | null>} */
const REQUESTS = {
  "payment.pending"(story, { data }) {
    const [person, shop, acquirer] = ["cardholder", "merchant", "acquirer"].map((role) => byRole(story, role)?.id ?? "");
    const [code, does, label] = READ[/** @type {"07"} */ (story.entry_mode)] ?? READ["81"];
    return [
      draft(person, shop, code, label, `${given(nameOf(story, person))} ${does} for ${money(data.amount, data.currency)}${story.description ? `: ${story.description}` : ""}.`, [["card", story.card_masked, ""], ["read", code.toLowerCase(), ""]]),
      draft(shop, acquirer, "POST", "/v1/payments", `${nameOf(story, shop)} asks its acquirer to collect ${money(data.amount, data.currency)}. It is the only call the shop’s app makes.`, [["merchant", data.merchant, ""], ...orderFacts(story, data)]),
    ];
  },
  "capture.waiting"(story, { data, subject }, before) {
    if (before?.type === "payment.captured" && before.data.move === "approve_and_capture") return null;
    return [draft(byRole(story, "merchant")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", `…/capture ${money(data.amount, data.currency)}`, `The shop captures ${money(data.amount, data.currency)}: that is what it will really take. It waits for tonight’s clearing.`, [["amount", String(data.amount), money(data.amount, data.currency)], ["capture", subject, ""]])];
  },
  "payment.voided": (story) => [draft(byRole(story, "merchant")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", "…/void", "The shop does not want the money after all. What is only held can be let go by a reversal.")],
  "refund.pending": (story, { data, subject }) => [draft(byRole(story, "merchant")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", `/v1/refunds ${money(data.amount, data.currency)}`, "The shop gives money back. A refund is not a void: it is a new item, presented with the others at the cut-off.", [["amount", String(data.amount), money(data.amount, data.currency)], ["refund", subject, ""]])],
  "disbursement.pending": (story, event) => event.data.move === "release"
    ? [draft(byRole(story, "acquirer")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", "…/release", "Somebody has looked at the names, and lets the push go.", [], { shape: "self" })] : pushed(story, event),
  "disbursement.held": (story, event) => [...(pushed(story, event) ?? []), draft(byRole(story, "acquirer")?.id ?? "", byRole(story, "channel")?.id ?? "", "201", "Held: a name is on the list", "A name is like one on the sanctions list. The money is set aside, nothing is sent, and somebody has to look.", [], { shape: "answer", good: false })],
  "adjustment.pending": (story, { data }) => [draft(byRole(story, "channel")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", `/v1/adjustments ${money(data.amount, data.currency)}`, "The sender wants money back. A push is never reversed: one can only ask.", [["amount", String(data.amount), money(data.amount, data.currency)]])],
  "funding.pending"(story, { data }) {
    const [person, service, acquirer] = ["cardholder", "sender", "acquirer"].map((role) => byRole(story, role)?.id ?? "");
    if (story.kind === "transfer") return sentTo(story, person, service, acquirer);
    const sum = money(data.amount, data.currency);
    return [
      draft(person, service, "FORM", `Add ${sum}`, `${given(nameOf(story, person))} adds ${sum} in ${nameOf(story, service)}’s ${channelName(data.channel).toLowerCase()}.`, [["channel", data.channel, channelName(data.channel)]]),
      draft(service, acquirer, "POST", "/v1/fundings", `${nameOf(story, service)} asks its acquirer to pull ${sum} from the card.`, [["sender", data.sender, ""], ...orderFacts(story, data)]),
    ];
  },
  "funding.reversing": (story) => story.kind === "transfer" ? null : [draft(byRole(story, "sender")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", "…/reverse", "The service gives the money back. While the day’s window is open, that is a reversal.")],
  "funding.adjusting": (story) => story.kind === "transfer" ? null : [draft(byRole(story, "sender")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "POST", "…/adjust", "The service gives the money back. It is too late for a reversal.")],
  "deposit.pending": (story, { data }) => [draft(byRole(story, "cardholder")?.id ?? byRole(story, "issuer")?.id ?? "", byRole(story, "issuer")?.id ?? "", "PAY IN", money(data.amount, data.currency), "Money comes in from outside.")],
  "top_up.pending": (story, { data }) => [draft(byRole(story, "sender")?.id ?? byRole(story, "acquirer")?.id ?? "", byRole(story, "acquirer")?.id ?? "", "PAY IN", money(data.amount, data.currency), "The sender pays in what it will push.")],
};

/** @param {Story} story @param {string} person @param {string} service @param {string} acquirer @returns {Draft[]} */
function sentTo(story, person, service, acquirer) {
  const sum = money(story.amount, story.currency);
  const to = byRole(story, "recipient")?.name ?? "somebody";
  return [
    draft(person, service, "FORM", `Send ${sum} to ${given(to)}`, `${given(nameOf(story, person))} sends ${to} ${sum} in ${nameOf(story, service)}’s ${channelName(story.channel).toLowerCase()}. It costs ${money(story.fee_amount, story.currency)}.`, [["channel", story.channel, channelName(story.channel)]]),
    draft(service, acquirer, "POST", "/v1/transfers", `${nameOf(story, service)} asks its acquirer to pull the money from one card, and to push it to the other.`, [["amount", String(story.amount), sum], ["fee", String(story.fee_amount), money(story.fee_amount, story.currency)], ["to", story.recipient_card_masked, to]]),
  ];
}

/** @param {Story} story @param {StoryEvent} event @returns {Draft[] | null} */
function pushed(story, { data }) {
  if (story.kind === "transfer") return null;
  const [sender, channel, acquirer] = ["sender", "channel", "acquirer"].map((role) => byRole(story, role)?.id ?? "");
  const sum = money(data.amount, data.currency);
  return [
    draft(sender, channel, "FORM", `Pay ${sum}`, `${nameOf(story, sender)} starts it: ${byRole(story, "recipient")?.name ?? "the recipient"} need do nothing.`, [["channel", data.channel, channelName(data.channel)], ["business application", data.business_application, ""]]),
    draft(channel, acquirer, "POST", "/v1/disbursements", `The ${channelName(data.channel).toLowerCase()} calls the acquirer’s API.`, [["sender", data.sender, ""], ["programme", spelled(data.programme ?? ""), ""], ...orderFacts(story, data)]),
  ];
}

// ── outcomes: what those who asked are told ──────────────────────────────────────────────────────────────

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

/** @param {StoryEvent} event @param {StoryEvent | undefined} before @param {Story} story @param {Step[]} steps @returns {Draft[] | null} */
export function outcomeOf(event, before, story, steps) {
  const [noun, state] = event.type.split(".");
  const acquirer = byRole(story, "acquirer")?.id ?? event.institution;
  if (noun === "transfer" && event.data.move === undefined) return null;
  if (event.type === "transaction.expired") return [draft(event.institution, event.institution, "TIMER", "The hold has expired", BOOKED.expire, [], { shape: "self" })];
  if (event.type === "payment.expired") return [draft(acquirer, acquirer, "TIMER", OUTCOMES.expired[0], OUTCOMES.expired[1], [], { shape: "self" })];
  if (event.type === "reversal.answered" && steps.some((each) => each.label === "…/void")) {
    return [draft(acquirer, byRole(story, "merchant")?.id ?? acquirer, "200", "Voided", "The shop is told that the hold is gone.", [], { shape: "answer" })];
  }
  const told = { payment: "merchant", disbursement: "channel", adjustment: "channel", funding: "sender", transfer: "sender" }[noun];
  const words = OUTCOMES[/** @type {"paid"} */ (state)];
  if (!told || !words || (noun === "payment" && event.data.from !== "pending")) return null;
  if (story.kind === "transfer" && noun !== "transfer") return null;
  if (state === "pending" || state === "held" || state === "settled") return null;
  const rc = event.data.response_code ?? "";
  const how = rc && rc !== "00" ? meaning(steps.findLast((each) => each.message && each.rc === rc)?.message, rc) : "";
  const first = ["pending", "pushing", "held"].includes(event.data.from ?? "");
  return [draft(acquirer, byRole(story, told)?.id ?? acquirer, first ? "201" : "NEWS", how && !words[0].includes(":") ? `${words[0]}: ${how}` : words[0], words[1],
    [["status", `"${state}"`, ""], ...(event.data.approval_code ? /** @type {[string, string, string][]} */ ([["approval_code", `"${event.data.approval_code}"`, ""]]) : []), ...(rc ? /** @type {[string, string, string][]} */ ([["code", `"${rc}"`, how]]) : [])],
    { shape: "answer", rc, good: !["declined", "failed", "unknown", "refused"].includes(state), type: `${noun}.${state}` })];
}

// ── phases ───────────────────────────────────────────────────────────────────────────────────────────────

/** The part of the story that a step belongs to: its name, and what it is about. @type {[RegExp, string][]} */
const PHASES = [
  [/^authorization|^(tap|chip|swipe|keyed|online)$/, "Authorization|words only, no money"],
  [/^reversal/, "Reversal|what was held is let go"],
  [/^(presentment|refund_presentment)/, "Clearing|promises are booked"],
  [/^settlement|^money\.settle/, "Settlement|money moves"],
  [/^pay_merchant|^money\.payout/, "Payout|the merchant is paid"],
  [/^original_credit_return/, "Return|the money comes back"],
  [/^original_credit/, "Push|words and money go the same way"],
  [/^enquiry/, "Enquiry|what became of it?"],
  [/^cancellation/, "Cancellation|stopped while it is kept"],
  [/^adjustment/, "Adjustment|asking for money back"],
  [/^funding_(reversal|adjustment)/, "Giving back|the pull is undone"],
  [/^account_funding/, "Pull|debited at once"],
  [/^timer$/, "Expiry|time is over"],
  [/^(form|request)$/, "Start|in the channel"],
  [/^pay in$/, "Paying in|money from outside"],
];

/** @param {Step} step @param {Step | undefined} before @param {Story} story */
export function phaseOf(step, before, story) {
  if (step.label.startsWith("/v1/refunds")) return "Refund|a new item, not an undoing";
  if (step.label.startsWith("…/void")) return "Void|what was only held is let go";
  if (step.label.startsWith("…/capture")) return "Capture|what will really be taken";
  if (step.label.startsWith("…/reverse") || step.label.startsWith("…/adjust")) return "Giving back|the pull is undone";
  if (step.label.startsWith("/v1/adjustments")) return "Adjustment|asking for money back";
  if (step.type.startsWith("reversal") && before?.phase.startsWith("Void")) return before.phase;
  if (step.type === "bank_reply" || step.type === "notification" || step.shape === "answer" && !step.message) {
    if (before) return before.phase;
  }
  if (step.type === "request" && story.kind === "payment" && before) return before.phase;
  for (const [pattern, name] of PHASES) if (pattern.test(step.type)) return name;
  return before?.phase ?? (story.direction === "pull" ? PHASES[0][1] : "Start|in the channel");
}
