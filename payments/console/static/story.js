// @ts-check
/**
 * A story, told: from the events of one payment to lanes, steps, and what stood in the books after each step. Pure: the
 * same events always tell the same story, and the first n steps of it need nothing that comes after them.
 */
import { money } from "./money.js";
import { stages } from "./rail.js";
import { noteOf, outcomeOf, phaseOf, requestOf, sayMessage } from "./words.js";

/**
 * @typedef {{ position: number, type: string, institution: string, subject: string, reference: string, at: string, data: any, own?: boolean, message?: any, source?: any }} StoryEvent
 * @typedef {{ id: string, name: string, role: string, part: string, kind?: string, card?: string, product?: string }} Party
 * @typedef {{ id: string, kind: string, direction: "pull" | "push", amount: number, currency: string, parties: Party[], events: StoryEvent[], accounts: Record<string, any>, opening: Record<string, any>, meanwhile?: any[], references: string[] } & Record<string, any>} Story
 * @typedef {{ account: string, side: "debit" | "credit", kind: string, amount: number, total: number, note: string }} Line what a step wrote on one account; of a `total` that others share, `amount` is this story's part
 * @typedef {{ book: string, kind: string, debit: string, credit: string, amount: number, part: number, currency: string, purpose: string }} Written one transfer
 * @typedef {{ n: number, key: string, from: string, to: string, shape: "words" | "answer" | "money" | "self", type: string, code: string, rc: string, good: boolean, label: string, title: string, plain: string,
 *   phase: string, at: string, position: number, events: StoryEvent[], data: any, message: any, fresh: Set<string>, lines: Line[], written: Written[], facts: [string, string, string][], lost: boolean, twice: boolean, notice: { title: string, text: string } | null, source: any, window: string }} Step
 * @typedef {{ story: Story, lanes: Party[], steps: Step[], phases: { name: string, sub: string, first: number }[], stages: import("./rail.js").Stage[], index: Record<string, number> }} Told
 */

/** @param {Partial<Step> & { from: string, to: string, type: string }} given @param {StoryEvent} event @returns {Step} */
const makeStep = (given, event) => ({
  n: 0, key: `${event.position}`, shape: "words", code: "", rc: "", good: true, label: "", title: "", plain: "", phase: "", at: event.at,
  position: event.position, events: [event], data: event.data, message: null, fresh: new Set(), lines: [], written: [], facts: [],
  lost: false, twice: false, notice: null, source: null, window: "", ...given,
});

/** Beginnings of something new: what is written before a message of it, belongs to that message. */
const BEGINS = /\.(pending|waiting|coming|held|reversing|adjusting|pushing)$/;

/** Tell a story. @param {Story} story @returns {Told} */
export function tell(story) {
  const teller = new Teller(story);
  story.events.forEach((event, n) => teller.take(event, n));
  const all = teller.finish();
  markFresh(all);
  splitShares(all);
  const steps = all.filter((step) => !isForOthers(step, all));
  steps.forEach((step) => nameShare(step, all));
  steps.forEach((step, n) => { step.n = n + 1 });
  const seen = new Set(steps.flatMap((step) => [step.from, step.to]));
  const known = new Set(story.parties.map((each) => each.id));
  const others = [...seen].filter((id) => id && !known.has(id)).map((id) => ({ id, name: id, role: "network", part: "Member" }));
  const banks = story.parties.filter((each) => each.role === "bank" && seen.has(each.id));
  const lanes = [...story.parties.filter((each) => each.role !== "bank"), ...banks, ...others];
  const told = { story, lanes, steps, phases: phasesOf(steps), stages: /** @type {import("./rail.js").Stage[]} */ ([]), index: Object.fromEntries(lanes.map((each, n) => [each.id, n])) };
  told.stages = stages(told);
  return told;
}

class Teller {
  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    /** @type {Step[]} */ this.steps = [];
    /** @type {{ event: StoryEvent, until: StoryEvent }[]} what was written, and waits for the step it belongs to */ this.waiting = [];
    /** @type {Map<string, Step>} the last message that came to an institution, or the last thing it did alone */ this.came = new Map();
    /** @type {Step[]} what cardholders were told, which is shown behind the answer */ this.notices = [];
  }

  /** @param {string} role */
  party(role) { return this.story.parties.find((each) => each.role === role) }

  /** @param {StoryEvent} event @param {number} n */
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

  /** @param {StoryEvent} event */
  sent(event) {
    const { data } = event;
    this.tellNotices(event);
    const said = sayMessage(this.story, data, event.message);
    const answer = "code" in data;
    this.add(makeStep({
      from: data.sender, to: data.receiver, type: data.type, shape: answer ? "answer" : "words", rc: answer ? data.code : "",
      good: !answer || ["00", "85", "09"].includes(data.code), message: event.message, source: event.source, window: data.window ?? "", ...said,
    }, event));
    if (answer && this.notices.length) this.tellNotices(null);
    const place = `${event.institution} ${event.reference}`;
    if (this.came.get(place)?.events[0].subject === event.subject) this.came.delete(place); // it is answered, or passed on
  }

  /** @param {StoryEvent} event */
  received(event) {
    const { data } = event;
    for (let n = this.steps.length - 1; n >= 0; n -= 1) {
      const step = this.steps[n];
      if (step.from === data.sender && step.to === data.receiver && step.message && step.data.mti?.slice(0, 3) === data.mti.slice(0, 3)
          && step.events[0].subject === event.subject) {
        if (step.events.some((each) => each.type === "message.received")) step.twice = true;
        step.events.push(event);
        this.came.set(`${event.institution} ${event.reference}`, step);
        return;
      }
    }
  }

  /** What was written belongs to the answer that follows it, to the message that begins with it, or to what came before.
   * @param {StoryEvent} event @param {number} n */
  wrote(event, n) {
    if (this.movesReserves(event)) return;
    const came = this.came.get(`${event.institution} ${event.reference}`);
    const next = this.nextOf(event, n);
    if (next && (!came || next.type !== "message.sent" || next.subject === came.events[0].subject || this.begins(event, n))) this.waiting.push({ event, until: next });
    else if (came) write(came, event);
    else if (this.steps.at(-1)?.from === event.institution) write(/** @type {Step} */ (this.steps.at(-1)), event);
    else this.alone(event);
  }

  /** The next thing an institution says under the same reference, in the same go. @param {StoryEvent} event @param {number} n */
  nextOf(event, n) {
    for (const each of this.story.events.slice(n + 1)) {
      if (each.institution !== event.institution || each.reference !== event.reference) continue;
      if (BEGINS.test(each.type) && requestOf(each)) return each.type === "refund.pending" ? each : null;
      if (each.type === "message.sent") return each;
      if (each.type === "message.received") return null;
      if (each.type === "notification.sent" && !this.answers(each)) return each;
    }
    return null;
  }

  /** Does a message follow what a cardholder is told, in the same go? @param {StoryEvent} notice */
  answers(notice) {
    const after = this.story.events.slice(this.story.events.indexOf(notice) + 1);
    const next = after.find((each) => each.institution === notice.institution && each.reference === notice.reference && /^message/.test(each.type));
    return next?.type === "message.sent" && next.at === notice.at;
  }

  /** Has something new begun at this institution since a message last came to it? @param {StoryEvent} event @param {number} n */
  begins(event, n) {
    for (let before = n - 1; before >= 0; before -= 1) {
      const each = this.story.events[before];
      if (each.institution !== event.institution || each.reference !== event.reference) continue;
      if (each.type.startsWith("message.")) return false;
      if (BEGINS.test(each.type) && each.type !== "capture.waiting" && !/^transaction\./.test(each.type)) return true;
    }
    return false;
  }

  /** The bank's own book: reserves move, so does the money. @param {StoryEvent} event @returns {boolean} */
  movesReserves(event) {
    if (this.party("bank")?.id !== event.institution) return false;
    const [kind, debit, credit, amount, currency] = event.data.transfers[0];
    if (event.data.event === "payout") {
      this.money(event, [[this.party("acquirer")?.id ?? "", this.party("merchant")?.id ?? "", amount, currency]]);
      return true;
    }
    if (event.data.event !== "settle") return false;
    const window = this.steps.findLast((each) => each.type === "settlement_instruction")?.window ?? "";
    const moves = this.parts(window).filter(([, part]) => part !== 0);
    const network = this.party("network")?.id ?? "";
    const paid = moves.filter(([, part]) => part > 0).map(([member, part]) => [member, network, part, currency]);
    const got = moves.filter(([, part]) => part < 0).map(([member, part]) => [network, member, -part, currency]);
    this.money(event, /** @type {any} */ ([...paid, ...got]));
    return true;
  }

  /** What each member owes the network (or is owed: below zero) of this story, in a window. @param {string} window
   * @returns {[string, number][]} */
  parts(window) {
    /** @type {Map<string, number>} */
    const parts = new Map();
    for (const step of this.steps) {
      if (window && step.window !== window) continue;
      for (const { account, side, amount, kind } of step.lines) {
        const [, code, , member] = account.split(".");
        if (!/^due_(from|to)_member$/.test(code) || kind === "hold") continue;
        parts.set(member, (parts.get(member) ?? 0) + (side === "debit" ? amount : -amount));
      }
    }
    return [...parts];
  }

  /** @param {StoryEvent} event @param {[string, string, number, string][]} moves */
  money(event, moves) {
    const bank = this.name(event.institution);
    const booked = event.data.transfers.map((/** @type {any} */ [, debit, credit, sum]) => [event.data.event === "settle" ? "net moved" : "moved", String(sum), `${bank}: ${[debit, credit].map((each) => this.name(each.split(".").slice(3).join("."))).join(" → ")}`]);
    moves.forEach(([from, to, amount, currency], n) => {
      const step = makeStep({ from, to, type: `money.${event.data.event}`, shape: "money", key: `${event.position}.${n}`, facts: [["for this", String(amount), money(amount, currency)], ...booked] }, event);
      Object.assign(step, sayMessage(this.story, { type: step.type, amount, currency, sender: from, receiver: to, transfers: event.data.transfers }, null));
      this.add(step);
      if (n === 0) write(step, event);
    });
  }

  /** @param {StoryEvent} event @param {number} n */
  notified(event, n) {
    const issuer = event.institution;
    const owner = this.story.parties.find((each) => each.id === event.data.account);
    const step = makeStep({ from: issuer, to: owner?.id ?? this.party("cardholder")?.id ?? issuer, type: "notification", code: "PUSH", label: event.data.title,
      title: "Notification to the cardholder", notice: event.data,
      plain: `${this.name(issuer)} tells ${owner?.name ?? "its customer"}: the issuer does, not the shop and not the sender.` }, event);
    if (this.answers(event)) this.notices.push(step);
    else this.add(step);
  }

  /** Show what cardholders were told, behind the answer it came with. @param {StoryEvent | null} event */
  tellNotices(event) {
    if (event && this.notices.every((each) => each.at === event.at && each.from === event.institution)) return;
    const told = this.notices;
    this.notices = [];
    told.forEach((each) => this.add(each));
  }

  /** A state has moved: it was asked for, or it is an outcome that somebody is told. @param {StoryEvent} event @param {number} n */
  moved(event, n) {
    const before = this.story.events[n - 1];
    const drafts = requestOf(event, before, this.story) ?? outcomeOf(event, before, this.story, this.steps);
    if (!drafts) {
      this.steps.at(-1)?.events.push(event);
      return;
    }
    drafts.forEach((draft, k) => {
      const step = makeStep({ ...draft, key: `${event.position}.${k}` }, event);
      this.add(step);
      if (step.from === step.to) this.came.set(`${event.institution} ${event.reference}`, step);
    });
  }

  /** @param {StoryEvent} event something written that no message asked for */
  alone(event) {
    const step = makeStep({ from: event.institution, to: event.institution, type: event.type, shape: "self", code: "BOOK",
      ...sayMessage(this.story, { type: event.type, event: event.data.event, sender: event.institution, receiver: event.institution }, null) }, event);
    this.add(step);
    write(step, event);
  }

  finish() {
    this.tellNotices(null);
    for (const { event } of this.waiting) this.alone(event);
    const last = this.steps.length - 1;
    this.steps.forEach((step, n) => {
      if (step.message && n < last && !step.events.some((each) => each.type === "message.received")) step.lost = true;
    });
    return this.steps;
  }

  /** @param {string} id */
  name(id) { return this.story.parties.find((each) => each.id === id)?.name ?? id }
}

/** @param {Step} step @param {StoryEvent} event */
function write(step, event) {
  if (!step.events.includes(event)) step.events.push(event);
  for (const [kind, debit, credit, amount, currency, purpose] of event.data.transfers) {
    step.written.push({ book: event.institution, kind, debit, credit, amount, part: amount, currency, purpose });
    const common = { kind, amount, total: amount, note: noteOf(purpose), shared: !event.own };
    step.lines.push(/** @type {any} */ ({ account: debit, side: "debit", ...common }), /** @type {any} */ ({ account: credit, side: "credit", ...common }));
  }
}

/** What a step has in its message that the one before had not. @param {Step[]} steps */
function markFresh(steps) {
  /** @type {Map<string, string> | null} */
  let before = null;
  for (const step of steps) {
    const fields = step.message?.fields ?? [];
    if (!fields.length) continue;
    /** @type {Map<string, string>} */
    const now = new Map(fields.map((/** @type {any} */ each) => [`${each.number}.${each.tag}`, each.value]));
    if (before) for (const [name, value] of now) if (before.get(name) !== value && name !== "0.") step.fresh.add(name);
    before = now;
  }
}

/** Of what a settlement or a payout writes for many at once, this story's part is what it has on the account. @param {Step[]} steps */
function splitShares(steps) {
  /** @type {Record<string, { net: number, held: number }>} */
  const own = {};
  for (const step of steps) {
    for (let n = 0; n < step.lines.length; n += 2) {
      const [debit, credit] = /** @type {any[]} */ (step.lines.slice(n, n + 2));
      const [from, to] = [debit, credit].map((each) => (own[each.account] ??= { net: 0, held: 0 }));
      let part = debit.amount;
      if (debit.shared && !/\.reserve\./.test(`${debit.account} ${credit.account}`)) {
        const cash = (/** @type {any} */ each) => /\.(settlement_cash|reserve)\./.test(`${each.account}.`);
        const open = debit.kind === "hold" ? Math.max(-from.net, 0) : debit.kind !== "transfer" ? from.held
          : Math.max(cash(debit) ? 0 : -from.net, cash(credit) ? 0 : to.net, 0);
        part = Math.min(part, open);
        debit.amount = credit.amount = step.written[n / 2].part = part;
      }
      const posted = debit.kind === "transfer" || debit.kind === "post";
      if (posted) { from.net += part; to.net -= part }
      if (debit.kind === "hold") from.held += part;
      else if (debit.kind !== "transfer") from.held -= part;
    }
    step.lines = step.lines.filter((each) => each.amount !== 0);
  }
}

/** Of a payout: what all of it is, and what this story's part of it is. @param {Step} step @param {Step[]} steps */
function payoutOf(step, steps) {
  const first = steps.find((each) => each.type === "pay_merchant" && each.events[0].reference === step.events[0].reference);
  return first && first.written[0] ? { part: first.written[0].part, all: first.written[0].amount } : null;
}

/** A payout in which nothing of this story is left is somebody else's. @param {Step} step @param {Step[]} steps */
const isForOthers = (step, steps) => step.events[0].own === false && payoutOf(step, steps)?.part === 0;

/** @param {Step} step @param {Step[]} steps */
function nameShare(step, steps) {
  const payout = step.type === "money.payout" ? payoutOf(step, steps) : null;
  if (payout && payout.part !== payout.all) Object.assign(step, sayMessage(/** @type {any} */ ({ parties: [] }), { ...step.data, type: step.type, sender: step.from, receiver: step.to, amount: payout.part, currency: step.written[0]?.currency ?? "USD", all: payout.all }, null), { plain: step.plain });
}

/** @param {Step[]} steps */
function phasesOf(steps) {
  /** @type {{ name: string, sub: string, first: number }[]} */
  const phases = [];
  steps.forEach((step, n) => {
    const [name, sub] = step.phase.split("|");
    if (!phases.length || phases[phases.length - 1].name !== name) phases.push({ name, sub: sub ?? "", first: n + 1 });
  });
  return phases;
}

/** How many steps of a story had been taken once the event at a position had happened. @param {Told} told @param {number} position */
export const stepAt = (told, position) => told.steps.findLast((each) => each.position <= position)?.n ?? 0;

/** The step to which an event belongs. @param {Told} told @param {number} position */
export const stepOf = (told, position) =>
  told.steps.find((each) => each.position === position || each.events.some((event) => event.position === position))?.n ?? 0;

// ── what stands in the books after n steps ───────────────────────────────────────────────────────────────

/**
 * @typedef {{ note: string, amount: number, n: number }} Entry
 * @typedef {{ id: string, book: string, code: string, owner: string, name: string, kind: string, currency: string, open: number, debit: Entry[], credit: Entry[], held: number, heldBefore: number, others: number, holdHit: boolean, hit: boolean, touched: number, balance: number, guarded: boolean }} TAccount
 * `open`, `others` (what other stories wrote meanwhile) and `balance` are on the account's own side; `touched` is the step that touched it first.
 */

const DEBIT_SIDE = ["asset", "expense"];

/** Every account that the story touches, and how it stood after n steps. @param {Told} told @param {number} n @returns {TAccount[]} */
export function books(told, n) {
  /** @type {Map<string, TAccount>} */
  const found = new Map();
  const { accounts, opening } = told.story;
  for (const [id, each] of Object.entries(accounts)) {
    const start = opening[id];
    const sign = DEBIT_SIDE.includes(each.kind) ? 1 : -1;
    found.set(id, { id, ...each, open: start ? sign * (start.debits - start.credits) : 0, debit: [], credit: [], held: 0, heldBefore: start?.held_debits ?? 0, others: 0, holdHit: false, hit: false, touched: 0, balance: 0, guarded: Boolean(start) });
  }
  for (const step of told.steps) {
    for (const line of step.lines) {
      const account = found.get(line.account);
      if (!account) continue;
      account.touched ||= step.n;
      if (step.n > n) continue;
      const hit = step.n === n;
      if (line.side === "debit" && line.kind !== "transfer") {
        account.held += line.kind === "hold" ? line.amount : -line.amount;
        account.holdHit = hit || account.holdHit;
      }
      if (line.kind === "transfer" || line.kind === "post") {
        account[line.side].push({ note: line.note, amount: line.amount, n: step.n });
        account.hit ||= hit;
      }
    }
  }
  const last = told.steps[Math.min(n, told.steps.length) - 1]?.events.reduce((most, each) => Math.max(most, each.position), 0) ?? 0;
  for (const each of told.story.meanwhile ?? []) {
    const account = found.get(each.account);
    if (!account || each.after > last) continue;
    account.others += (each.debits - each.credits) * (DEBIT_SIDE.includes(account.kind) ? 1 : -1);
    account.heldBefore += each.held_debits;
  }
  for (const account of found.values()) {
    const sum = (/** @type {Entry[]} */ entries) => entries.reduce((total, each) => total + each.amount, 0);
    const net = sum(account.debit) - sum(account.credit);
    account.balance = account.open + account.others + (DEBIT_SIDE.includes(account.kind) ? net : -net) || 0;
  }
  return [...found.values()].filter((each) => each.touched || each.guarded);
}
