// @ts-check
/** Whoever tells a story: takes its events one by one, and says what each is a step of. */
import { enter, net, noBalances, parts, posts } from "../ledger.js";
import { money } from "../money.js";
import { partyOf } from "../words.js";
import { sayMessage } from "./messages.js";
import { outcomeOf } from "./outcomes.js";
import { phaseOf } from "./phases.js";
import { begins, requestOf } from "./requests.js";

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").StoryEvent} StoryEvent @typedef {import("../story.js").Step} Step */
/** @typedef {{ from: string, to: string, amount: number, currency: string }} Move of money from one to another */

/** Codes of an answer that says yes, or not yet. */
const GOOD = ["00", "85", "09"];

/** @param {Partial<Step> & { from: string, to: string, type: string }} given @param {StoryEvent} event @returns {Step} */
const makeStep = (given, event) => ({
  n: 0, key: `${event.position}`, shape: "words", code: "", rc: "", good: true, label: "", title: "", plain: "", phase: "", at: event.at,
  position: event.position, events: [event], data: event.data, message: null, fresh: new Set(), written: [], facts: [],
  lost: false, twice: false, notice: null, source: null, window: "", ...given,
});

/** Note what a step has written. @param {Step} step @param {StoryEvent} event */
function write(step, event) {
  if (!step.events.includes(event)) step.events.push(event);
  for (const [kind, debit, credit, amount, currency, purpose] of event.data.transfers) {
    step.written.push({ book: event.institution, kind, debit, credit, amount, part: amount, currency, purpose, shared: !event.own });
  }
}

/** @param {Step} step */
const arrived = (step) => step.events.some((each) => each.type === "message.received");

export class Teller {
  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    /** @type {Step[]} */ this.steps = [];
    /** @type {{ event: StoryEvent, until: StoryEvent }[]} what was written, and waits for the step it belongs to */ this.waiting = [];
    /** @type {Map<string, Step>} the last message that came to an institution, or the last thing it did alone */ this.came = new Map();
    /** @type {Step[]} what cardholders were told, which is shown behind the answer */ this.notices = [];
  }

  /** Tell all of it. @returns {Step[]} */
  tell() {
    this.story.events.forEach((event, n) => this.take(event, n));
    this.tellNotices();
    for (const { event } of this.waiting) this.alone(event);
    this.steps.forEach((step, n) => { step.lost = step.message !== null && n + 1 < this.steps.length && !arrived(step) });
    return this.steps;
  }

  /** @param {StoryEvent} event @param {number} n its place among the events */
  take(event, n) {
    if (event.type === "message.sent") this.sent(event);
    else if (event.type === "message.received") this.received(event);
    else if (event.type.startsWith("money.")) this.wrote(event, n);
    else if (event.type === "notification.sent") this.notified(event, n);
    else if (event.type === "fault.injected") this.steps.at(-1)?.events.push(event);
    else this.moved(event, n);
  }

  /** @param {Step} step */
  add(step) {
    step.phase ||= phaseOf(step, this.steps.at(-1), this.story);
    this.steps.push(step);
    this.waiting = this.waiting.filter(({ event, until }) => {
      if (until !== step.events[0]) return true;
      write(step, event);
      return false;
    });
  }

  // ── messages ──

  /** @param {StoryEvent} event */
  sent(event) {
    const { data } = event;
    if (this.notices.some((each) => each.at !== event.at || each.from !== event.institution)) this.tellNotices();
    const answer = "code" in data;
    this.add(makeStep({
      from: data.sender, to: data.receiver, type: data.type, shape: answer ? "answer" : "words", rc: answer ? data.code : "",
      good: !answer || GOOD.includes(data.code), message: event.message ?? null, source: event.source ?? null, window: data.window ?? "",
      ...sayMessage(this.story, data, event.message),
    }, event));
    if (answer) this.tellNotices();
    const place = placeOf(event);
    if (this.came.get(place)?.events[0].subject === event.subject) this.came.delete(place); // it is answered, or passed on
  }

  /** @param {StoryEvent} event */
  received(event) {
    const { data, subject } = event;
    const step = this.steps.findLast((each) => each.message && each.from === data.sender && each.to === data.receiver
      && each.data.mti?.slice(0, 3) === data.mti.slice(0, 3) && each.events[0].subject === subject);
    if (!step) return;
    step.twice = arrived(step);
    step.events.push(event);
    this.came.set(placeOf(event), step);
  }

  // ── what is written ──

  /** What was written belongs to the answer that follows it, to the message that begins with it, or to what came before.
   * @param {StoryEvent} event @param {number} n */
  wrote(event, n) {
    if (this.movesReserves(event)) return;
    const came = this.came.get(placeOf(event));
    const next = this.nextOf(event, n);
    const last = this.steps.at(-1);
    if (next && (!came || next.type !== "message.sent" || next.subject === came.events[0].subject || this.hasBegun(event, n))) this.waiting.push({ event, until: next });
    else if (came) write(came, event);
    else if (last?.from === event.institution) write(last, event);
    else this.alone(event);
  }

  /** The next thing an institution says under the same reference, in the same go. @param {StoryEvent} event @param {number} n */
  nextOf(event, n) {
    const { events } = this.story;
    for (let after = n + 1; after < events.length; after += 1) {
      const each = events[after];
      if (!isOfSame(each, event)) continue;
      if (begins(each) && requestOf(each)) return each.type === "refund.pending" ? each : null;
      if (each.type === "message.sent") return each;
      if (each.type === "message.received") return null;
      if (each.type === "notification.sent" && !this.answers(each, after)) return each;
    }
    return null;
  }

  /** Does a message follow what a cardholder is told, in the same go? @param {StoryEvent} notice @param {number} n */
  answers(notice, n) {
    const { events } = this.story;
    for (let after = n + 1; after < events.length; after += 1) {
      const each = events[after];
      if (isOfSame(each, notice) && each.type.startsWith("message")) return each.type === "message.sent" && each.at === notice.at;
    }
    return false;
  }

  /** Has something new begun at this institution since a message last came to it? @param {StoryEvent} event @param {number} n */
  hasBegun(event, n) {
    for (let before = n - 1; before >= 0; before -= 1) {
      const each = this.story.events[before];
      if (!isOfSame(each, event)) continue;
      if (each.type.startsWith("message.")) return false;
      if (begins(each) && each.type !== "capture.waiting" && !each.type.startsWith("transaction.")) return true;
    }
    return false;
  }

  /** @param {StoryEvent} event something written that no message asked for */
  alone(event) {
    const said = { type: event.type, event: event.data.event, sender: event.institution, receiver: event.institution };
    const step = makeStep({ from: event.institution, to: event.institution, type: event.type, shape: "self", ...sayMessage(this.story, said) }, event);
    this.add(step);
    write(step, event);
  }

  // ── money that moves ──

  /** The bank's own book: reserves move, so does the money. @param {StoryEvent} event @returns {boolean} */
  movesReserves(event) {
    if (this.party("bank") !== event.institution) return false;
    const [, , , amount, currency] = event.data.transfers[0];
    if (event.data.event === "payout") this.money(event, [{ from: this.party("acquirer"), to: this.party("merchant"), amount, currency }]);
    else if (event.data.event === "settle") this.money(event, this.settled(currency));
    else return false;
    return true;
  }

  /** What members pay in for this story, and are paid, when a window is settled. @param {string} currency @returns {Move[]} */
  settled(currency) {
    const window = this.steps.findLast((each) => each.type === "settlement_instruction")?.window ?? "";
    const network = this.party("network");
    const owed = this.owed(window);
    return [
      ...owed.filter(([, sum]) => sum > 0).map(([member, sum]) => ({ from: member, to: network, amount: sum, currency })),
      ...owed.filter(([, sum]) => sum < 0).map(([member, sum]) => ({ from: network, to: member, amount: -sum, currency })),
    ];
  }

  /** What each member owes the network (or is owed: below zero) of this story, in a window. @param {string} window
   * @returns {[string, number][]} */
  owed(window) {
    const balances = noBalances();
    for (const step of this.steps) {
      if (window && step.window !== window) continue;
      for (const { kind, debit, credit, amount } of step.written) if (posts(kind)) enter(balances, kind, debit, credit, amount);
    }
    /** @type {Map<string, number>} */
    const owed = new Map();
    for (const [account, balance] of Object.entries(balances)) {
      const { code, owner } = parts(account);
      if (code === "due_from_member" || code === "due_to_member") owed.set(owner, (owed.get(owner) ?? 0) + net(balance));
    }
    return [...owed];
  }

  /** @param {StoryEvent} event @param {Move[]} moves */
  money(event, moves) {
    const { event: what, transfers } = event.data;
    const bank = this.name(event.institution);
    /** @type {import("../story.js").Fact[]} */
    const booked = transfers.map((/** @type {import("../ledger.js").Transfer} */ [, debit, credit, sum]) =>
      [what === "settle" ? "net moved" : "moved", String(sum), `${bank}: ${[debit, credit].map((each) => this.name(parts(each).owner)).join(" → ")}`]);
    moves.forEach(({ from, to, amount, currency }, n) => {
      const type = `money.${what}`;
      const step = makeStep({
        from, to, type, shape: "money", key: `${event.position}.${n}`, facts: [["for this", String(amount), money(amount, currency)], ...booked],
        ...sayMessage(this.story, { type, amount, currency, sender: from, receiver: to, transfers }),
      }, event);
      this.add(step);
      if (n === 0) write(step, event);
    });
  }

  // ── what people are told, and ask for ──

  /** @param {StoryEvent} event @param {number} n */
  notified(event, n) {
    const issuer = event.institution;
    const owner = this.story.parties.find((each) => each.id === event.data.account);
    const step = makeStep({
      from: issuer, to: owner?.id || this.party("cardholder") || issuer, type: "notification", code: "PUSH", label: event.data.title,
      title: "Notification to the cardholder", notice: { title: event.data.title, text: event.data.text },
      plain: `${this.name(issuer)} tells ${owner?.name ?? "its customer"}: the issuer does, not the shop and not the sender.`,
    }, event);
    if (this.answers(event, n)) this.notices.push(step);
    else this.add(step);
  }

  /** Show what cardholders were told, behind the answer it came with. */
  tellNotices() {
    const told = this.notices;
    this.notices = [];
    for (const each of told) this.add(each);
  }

  /** A state has moved: it was asked for, or it is an outcome that somebody is told. @param {StoryEvent} event @param {number} n */
  moved(event, n) {
    const before = this.story.events[n - 1];
    const drafts = requestOf(event, before, this.story) ?? outcomeOf(event, this.story, this.steps);
    if (!drafts) {
      this.steps.at(-1)?.events.push(event);
      return;
    }
    drafts.forEach((draft, k) => {
      const step = makeStep({ ...draft, key: `${event.position}.${k}` }, event);
      this.add(step);
      if (step.from === step.to) this.came.set(placeOf(event), step);
    });
  }

  /** The id of whoever plays a part. @param {string} role */
  party(role) { return partyOf(this.story, role)?.id ?? "" }

  /** @param {string} id */
  name(id) { return this.story.parties.find((each) => each.id === id)?.name ?? id }
}

/** Where what is said under a reference belongs. @param {StoryEvent} event */
const placeOf = (event) => `${event.institution} ${event.reference}`;

/** @param {StoryEvent} one @param {StoryEvent} other */
const isOfSame = (one, other) => one.institution === other.institution && one.reference === other.reference;
