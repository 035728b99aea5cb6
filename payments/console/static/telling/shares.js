// @ts-check
/** Settlements and payouts are written for many at once: what part of them is one story's own. */
import { enter, net, noBalances } from "../ledger.js";
import { payoutLabel } from "./messages.js";

/** @typedef {import("../story.js").Step} Step @typedef {import("../story.js").Written} Written @typedef {import("../story.js").Balances} Balances */

/** Find this story's part of all that was written: of what is shared, what it has on the account. @param {Step[]} steps */
export function takeParts(steps) {
  const own = noBalances();
  for (const { written } of steps) {
    for (const each of written) {
      if (each.shared && !isOf(each.debit, "reserve") && !isOf(each.credit, "reserve")) each.part = Math.min(each.amount, openOf(own, each));
      enter(own, each.kind, each.debit, each.credit, each.part);
    }
  }
}

/** At most how much of a shared transfer can be a story's own. @param {Balances} own @param {Written} written */
function openOf(own, { kind, debit, credit }) {
  if (kind === "hold") return Math.max(-net(own[debit]), 0);
  if (kind !== "transfer") return own[debit]?.held_debits ?? 0;
  const owes = isOf(debit, "settlement_cash") ? 0 : -net(own[debit]);
  const isOwed = isOf(credit, "settlement_cash") ? 0 : net(own[credit]);
  return Math.max(owes, isOwed, 0);
}

/** @param {string} account @param {string} code */
const isOf = (account, code) => account.split(".")[1] === code;

/** Of a payout: what all of it is, and what this story's part of it is. @param {Step} step @param {Step[]} steps */
function payoutOf(step, steps) {
  const first = steps.find((each) => each.type === "pay_merchant" && each.events[0].reference === step.events[0].reference);
  return first?.written[0];
}

/** A payout in which nothing of this story is left is somebody else's. @param {Step} step @param {Step[]} steps */
export const isForOthers = (step, steps) => step.events[0].own === false && payoutOf(step, steps)?.part === 0;

/** Say of a payout what part of it this story's is. @param {Step} step @param {Step[]} steps */
export function namePart(step, steps) {
  const payout = step.type === "money.payout" ? payoutOf(step, steps) : undefined;
  if (payout && payout.part !== payout.amount) step.label = payoutLabel(payout.part, payout.currency, payout.amount);
}
