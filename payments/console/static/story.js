// @ts-check
/**
 * A story, told: from the events of one payment to lanes, steps, and what stood in the books after each step. Pure: the
 * same events always tell the same story, and the first n steps of it need nothing that comes after them.
 */
import { enter, noBalances } from "./ledger.js";
import { phasesOf } from "./telling/phases.js";
import { isForOthers, namePart, takeParts } from "./telling/shares.js";
import { stages } from "./telling/stages.js";
import { Teller } from "./telling/teller.js";
import { channelName } from "./words.js";

/**
 * @typedef {import("./ledger.js").Balances} Balances @typedef {import("./ledger.js").Balance} Balance
 * @typedef {{ number: number, tag: string, name: string, value: string, meaning: string }} Field of a message on the wire
 * @typedef {{ format: string, fields: Field[], wire: string, why?: string }} WireMessage
 * @typedef {{ file: string, line: number, function: string, text: string }} Source
 * @typedef {{ position: number, type: string, institution: string, subject: string, reference: string, at: string, data: Record<string, any>, own?: boolean, message?: WireMessage, source?: Source | null }} StoryEvent
 * @typedef {{ id: string, name: string, role: string, part: string, kind?: string, card?: string, product?: string }} Party
 * @typedef {{ book: string, code: string, owner: string, name: string, kind: string, currency: string }} Account
 * @typedef {Balance & { account: string, after: number }} Meanwhile what others wrote on an account after the event at a position
 * @typedef {{ entry_mode?: string, description?: string, card_masked?: string, merchant?: string, sender?: string, channel?: string, fee_amount?: number, recipient_card_masked?: string }} Particulars what is only known of some kinds
 * @typedef {{ id: string, kind: string, direction: "pull" | "push", amount: number, currency: string, parties: Party[], events: StoryEvent[], accounts: Record<string, Account>, opening: Balances, meanwhile?: Meanwhile[], references: string[] } & Particulars} Story
 * @typedef {{ book: string, kind: string, debit: string, credit: string, amount: number, part: number, currency: string, purpose: string, shared: boolean }} Written one transfer; of an `amount` that is shared with others, `part` is this story's
 * @typedef {[name: string, value: string, more: string]} Fact
 * @typedef {{ n: number, key: string, from: string, to: string, shape: "words" | "answer" | "money" | "self", type: string, code: string, rc: string, good: boolean, label: string, title: string, plain: string,
 *   phase: string, at: string, position: number, events: StoryEvent[], data: Record<string, any>, message: WireMessage | null, fresh: Set<string>, written: Written[], facts: Fact[], lost: boolean, twice: boolean, notice: { title: string, text: string } | null, source: Source | null, window: string }} Step
 * @typedef {{ name: string, sub: string, first: number }} Phase
 * @typedef {{ name: string, n: number | null, bad: boolean }} Stage and the step that reaches it; null: not yet
 * @typedef {{ story: Story, lanes: Party[], steps: Step[], phases: Phase[], stages: Stage[], index: Record<string, number>, balances: Balances[] }} Told
 * `index` is the place of each lane, `balances[n]` what the first n steps have written for this story
 */

/** Tell a story. @param {Story} story @returns {Told} */
export function tell(story) {
  const all = new Teller(story).tell();
  markFresh(all);
  takeParts(all);
  const steps = all.filter((step) => !isForOthers(step, all));
  steps.forEach((step, n) => {
    namePart(step, all);
    step.n = n + 1;
  });
  const lanes = lanesOf(story, steps);
  return {
    story, steps, lanes, phases: phasesOf(steps), stages: stages(story, steps), balances: balancesOf(steps),
    index: Object.fromEntries(lanes.map((each, n) => [each.id, n])),
  };
}

/** What a lane is called. @param {Told} told @param {string} id */
export const laneName = (told, id) => told.lanes[told.index[id]]?.name ?? id;

/** What a step has in its message that the one before had not. @param {Step[]} steps */
function markFresh(steps) {
  /** @type {Map<string, string> | null} */
  let before = null;
  for (const step of steps) {
    const fields = step.message?.fields ?? [];
    if (!fields.length) continue;
    const now = new Map(fields.map((each) => [`${each.number}.${each.tag}`, each.value]));
    if (before) for (const [name, value] of now) if (before.get(name) !== value && name !== "0.") step.fresh.add(name);
    before = now;
  }
}

/** Everybody who takes part, the settlement bank once it is asked, and who was not expected. @param {Story} story @param {Step[]} steps */
function lanesOf(story, steps) {
  const parties = story.parties.map((each) => each.role === "channel" ? { ...each, name: channelName(each.name) } : each);
  const seen = new Set(steps.flatMap((step) => [step.from, step.to]));
  const known = new Set(parties.map((each) => each.id));
  const banks = parties.filter((each) => each.role === "bank" && seen.has(each.id));
  const others = [...seen].filter((id) => id && !known.has(id)).map((id) => ({ id, name: id, role: "network", part: "Member" }));
  return [...parties.filter((each) => each.role !== "bank"), ...banks, ...others];
}

/** The balances before the first step, and after each. @param {Step[]} steps */
function balancesOf(steps) {
  const balances = noBalances();
  return [{ ...balances }, ...steps.map(({ written }) => {
    for (const { kind, debit, credit, part } of written) enter(balances, kind, debit, credit, part);
    return { ...balances };
  })];
}

/** The step to which an event belongs; 0 if it is of none. @param {Told} told @param {number} position */
export const stepOf = (told, position) =>
  told.steps.find((each) => each.position === position || each.events.some((event) => event.position === position))?.n ?? 0;
