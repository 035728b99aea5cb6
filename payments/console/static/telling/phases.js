// @ts-check
/** The parts of a story: authorization, clearing, settlement and so on. A phase is `name|what it is about`. */

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").Step} Step @typedef {import("../story.js").Phase} Phase */

const ADJUSTMENT = "Adjustment|asking for money back";
const GIVING_BACK = "Giving back|the pull is undone";
const START = "Start|in the channel";

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
  [/^adjustment/, ADJUSTMENT],
  [/^funding_(reversal|adjustment)/, GIVING_BACK],
  [/^account_funding/, "Pull|debited at once"],
  [/^timer$/, "Expiry|time is over"],
  [/^(form|request)$/, START],
  [/^pay in$/, "Paying in|money from outside"],
];

/** What begins with a request, by how its label begins. @type {[string, string][]} */
const ASKED = [
  ["/v1/refunds", "Refund|a new item, not an undoing"],
  ["…/void", "Void|what was only held is let go"],
  ["…/capture", "Capture|what will really be taken"],
  ["…/reverse", GIVING_BACK],
  ["…/adjust", GIVING_BACK],
  ["/v1/adjustments", ADJUSTMENT],
];

/** The phase of a step, after the step `before`. @param {Step} step @param {Step | undefined} before @param {Story} story @returns {string} */
export function phaseOf(step, before, story) {
  const asked = ASKED.find(([label]) => step.label.startsWith(label));
  if (asked) return asked[1];
  if (before && goesOn(step, before, story)) return before.phase;
  return PHASES.find(([type]) => type.test(step.type))?.[1] ?? before?.phase ?? (story.direction === "pull" ? PHASES[0][1] : START);
}

/** Does a step belong to the phase of the one before, whatever its type? @param {Step} step @param {Step} before @param {Story} story */
function goesOn(step, before, story) {
  if (step.type.startsWith("reversal")) return before.phase.startsWith("Void");
  if (step.type === "bank_reply" || step.type === "notification") return true;
  return step.shape === "answer" && !step.message || step.type === "request" && story.kind === "payment";
}

/** The phases of a story, in order. @param {Step[]} steps @returns {Phase[]} */
export function phasesOf(steps) {
  /** @type {Phase[]} */
  const phases = [];
  for (const { phase, n } of steps) {
    const [name, sub = ""] = phase.split("|");
    if (phases.at(-1)?.name !== name) phases.push({ name, sub, first: n });
  }
  return phases;
}
