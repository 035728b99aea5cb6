// @ts-check
/** Where the money is after the first n steps: told by what they have written. Pure. */
import { net, parts } from "./ledger.js";
import { money } from "./money.js";
import { given, partyOf, short } from "./words.js";

/** @typedef {import("./story.js").Told} Told @typedef {import("./story.js").Step} Step @typedef {import("./story.js").Party} Party */
/** @typedef {{ state: "" | "promise" | "done", label: string }} Segment from a lane to the next */
/** @typedef {{ coin: string, held: boolean, caption: string }} Coin in whose lane the money is, what is said of it, and whether it is only set aside */
/** @typedef {{ coin: string, held: boolean, captions: Record<string, string>, segments: Segment[] }} Rail */

/** @type {Segment} */
const NOTHING = { state: "", label: "" };

/** What each role earns from a payment, and what it costs it. @type {Record<string, string[]>} */
const KEPT = {
  network: ["scheme_fees"],
  issuer: ["interchange_income"],
  acquirer: ["merchant_fees", "disbursement_fees", "funding_fees", "interchange_expense", "scheme_fees"],
};

const TAKEN_BACK = /^(reversal_reply|funding_reversal_reply|funding_adjustment_reply|presentment_reply)$/;

/** @param {Told} told @param {number} n @returns {Rail} */
export function rail(told, n) {
  const whereabouts = new Whereabouts(told, n);
  const { coin, held, caption } = whereabouts.coin();
  const captions = whereabouts.captions();
  if (coin) captions[coin] = caption;
  return { coin, held, captions, segments: told.lanes.slice(1).map((right, k) => whereabouts.between(told.lanes[k], right)) };
}

class Whereabouts {
  /** @param {Told} told @param {number} n */
  constructor(told, n) {
    const { story, lanes } = told;
    this.story = story;
    this.lanes = lanes;
    this.past = told.steps.slice(0, n);
    this.balances = Object.entries(told.balances[Math.min(n, told.steps.length)]).map(([id, balance]) => ({ ...parts(id), net: net(balance), held: balance.held_debits }));
    const issuers = lanes.filter((each) => each.role === "issuer");
    this.payer = partyOf(story, "cardholder");
    this.recipient = partyOf(story, "recipient");
    this.network = partyOf(story, "network")?.id ?? "";
    this.acquirer = partyOf(story, "acquirer")?.id ?? "";
    this.payersBank = (this.payer && issuers[0]?.id) ?? "";
    this.recipientsBank = (this.recipient && issuers.at(-1)?.id) ?? "";
    this.settled = new Set(this.past.filter((step) => step.type === "money.settle").flatMap((step) => [step.from, step.to]));
    this.paidOut = this.past.find((step) => step.type === "money.payout");
    this.toMerchant = this.owes(this.acquirer, "merchant_pending") + this.owes(this.acquirer, "merchant_available");
  }

  /** The accounts of a kind in a book, together; of one owner, if one is named. @param {string} book @param {string} code @param {string} [owner] */
  sum(book, code, owner) {
    const total = { net: 0, held: 0 };
    for (const each of this.balances) {
      if (each.book !== book || each.code !== code || (owner !== undefined && owner !== each.owner)) continue;
      total.net += each.net;
      total.held += each.held;
    }
    return total;
  }

  /** What a house owes by accounts of a kind; below zero: what it is owed, or has spent. @param {string} book @param {string} code @param {string} [owner] */
  owes(book, code, owner) { return -this.sum(book, code, owner).net }

  /** What a member owes the network; below zero: what it is owed. @param {string} member */
  owesNetwork(member) { return this.owes(member, "due_to_network") + this.owes(member, "due_from_network") }

  /** @param {number} amount */
  say(amount) { return money(amount, this.story.currency) }

  /** @param {string} role @param {string} otherwise */
  nameOf(role, otherwise) { return short(partyOf(this.story, role)?.name ?? otherwise) }

  // ── between two lanes ──

  /** @param {Party} left @param {Party} right @returns {Segment} */
  between(left, right) {
    if (left.role === "merchant" && right.role === "acquirer") {
      if (this.paidOut) return { state: "done", label: "" };
      return this.toMerchant > 0 ? { state: "promise", label: `${this.say(this.toMerchant)} owed` } : NOTHING;
    }
    if (right.role === "recipient") {
      if (this.owes(left.id, "cardholder", right.id) <= 0) return NOTHING;
      return this.sum(left.id, "cardholder", right.id).held ? { state: "promise", label: "on hold" } : { state: "done", label: "credited" };
    }
    const bothIssuers = left.role === "issuer" && right.role === "issuer";
    if (left.role === "network" || bothIssuers) return this.toNetwork(right.id);
    return right.role === "network" ? this.toNetwork(left.id) : NOTHING;
  }

  /** @param {string} member @returns {Segment} */
  toNetwork(member) {
    if (this.settled.has(member)) return { state: "done", label: "" };
    const debt = this.owesNetwork(member);
    return debt === 0 ? NOTHING : { state: "promise", label: `${this.say(Math.abs(debt))} owed` };
  }

  /** What stands below the lanes: what each has kept, or paid, in the end. */
  captions() {
    /** @type {Record<string, string>} */
    const captions = {};
    if (this.recipientsBank && this.credited() && this.owesNetwork(this.recipientsBank) < 0) captions[this.recipientsBank] = "not paid yet";
    for (const { id, role } of this.settled.size ? this.lanes : []) {
      const kept = (KEPT[role] ?? []).reduce((sum, code) => sum + this.owes(id, code), 0);
      if (kept > 0) captions[id] ??= `kept ${this.say(kept)}`;
      if (kept < 0) captions[id] ??= `it cost ${this.say(-kept)}`;
    }
    return captions;
  }

  // ── the coin ──

  /** Has the recipient been credited? */
  credited() { return this.recipient ? this.owes(this.recipientsBank, "cardholder", this.recipient.id) > 0 : false }

  /** @returns {Coin} */
  coin() {
    if (this.recipient && this.credited()) {
      const held = this.sum(this.recipientsBank, "cardholder", this.recipient.id).held > 0;
      return { coin: this.recipient.id, held, caption: held ? "not available yet" : `${given(this.recipient.name)} can spend it` };
    }
    if (this.story.direction === "push" && !this.payer) return this.withSender();
    return (this.story.kind === "payment" ? this.onItsWay() : this.pulled()) ?? this.withPayer();
  }

  /** A push that has not arrived. @returns {Coin} */
  withSender() {
    const held = this.sum(this.acquirer, "sender").held > 0;
    const returned = this.past.some((step) => step.type === "disbursement.returned");
    const caption = held ? "set aside" : returned ? `back with ${this.nameOf("sender", "the sender")}` : `${this.nameOf("sender", "The sender")}’s money`;
    return { coin: this.acquirer, held, caption };
  }

  /** A purchase that has left the cardholder's account. @returns {Coin | null} */
  onItsWay() {
    const at = (/** @type {string} */ coin, /** @type {string} */ caption) => ({ coin, held: false, caption });
    if (this.paidOut) return at(partyOf(this.story, "merchant")?.id ?? "", `${this.paidOut.label.split(" of ")[0]} paid in`);
    if (this.settled.has(this.acquirer)) return at(this.acquirer, `${this.say(this.toMerchant)} for ${this.nameOf("merchant", "the shop")}`);
    if (this.settled.has(this.payersBank)) return at(this.network, "at the settlement bank");
    return this.card().net > 0 ? at(this.payersBank, "booked, not sent") : null;
  }

  /** What was pulled from a card, to be used or passed on. @returns {Coin | null} */
  pulled() {
    const [transfers, funds] = [this.sum(this.acquirer, "transfers"), this.sum(this.acquirer, "sender")];
    if (transfers.net + funds.net < 0) {
      const caption = this.story.kind === "transfer" ? "waits, for nobody to spend" : `${this.nameOf("sender", "The service")} can use it`;
      return { coin: this.acquirer, held: transfers.held + funds.held > 0, caption };
    }
    return this.card().net > 0 ? { coin: this.payersBank, held: false, caption: "debited, not sent" } : null;
  }

  /** It is where it was in the beginning, or is there again. @returns {Coin} */
  withPayer() {
    const { net: taken, held } = this.card();
    const account = `${this.payer ? given(this.payer.name) : "the cardholder"}’s ${this.payer?.product === "credit" ? "credit line" : "account"}`;
    const back = taken === 0 && this.past.some((step) => TAKEN_BACK.test(step.type));
    return { coin: this.payersBank, held: held > 0, caption: `${held > 0 ? "held in" : back ? "back in" : "in"} ${account}` };
  }

  /** What has been taken from the payer's account, and is held there. */
  card() { return this.sum(this.payersBank, "cardholder", this.payer?.id) }
}
