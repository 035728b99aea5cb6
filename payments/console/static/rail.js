// @ts-check
/** Where the money is, and how far a story has come: both from what has been written by the first n steps. */
import { money } from "./money.js";
import { given, short } from "./words.js";

/** @typedef {import("./story.js").Told} Told @typedef {import("./story.js").Step} Step */
/** @typedef {{ state: "" | "promise" | "done", label: string }} Segment from a lane to the next @typedef {{ coin: string, held: boolean, captions: Record<string, string>, segments: Segment[] }} Rail */
/** @typedef {{ name: string, n: number | null, bad: boolean }} Stage */

/** What the first n steps have written, by account: debits less credits, and what is held. @param {Told} told @param {number} n */
function sums(told, n) {
  /** @type {Map<string, { net: number, held: number }>} */
  const found = new Map();
  for (const step of told.steps.slice(0, n)) {
    for (const { account, side, kind, amount } of step.lines) {
      const each = found.get(account) ?? { net: 0, held: 0 };
      found.set(account, each);
      if (kind === "transfer" || kind === "post") each.net += side === "debit" ? amount : -amount;
      if (side === "debit" && kind !== "transfer") each.held += kind === "hold" ? amount : -amount;
    }
  }
  return found;
}

/** @param {Told} told @param {number} n @returns {Rail} */
export function rail(told, n) {
  const { story, lanes } = told;
  const written = sums(told, n);
  /** @param {string} book @param {string} code @param {string} [owner] @returns {{ net: number, held: number }} */
  const of = (book, code, owner) => {
    const total = { net: 0, held: 0 };
    for (const [id, each] of written) {
      const [where, what, , whose] = id.split(".");
      if (where === book && what === code && (owner === undefined || owner === whose)) { total.net += each.net; total.held += each.held }
    }
    return total;
  };
  const id = (/** @type {string} */ role) => lanes.find((each) => each.role === role)?.id ?? "";
  const say = (/** @type {number} */ sum) => money(sum, story.currency);
  const past = told.steps.slice(0, n);
  const settled = new Set(past.filter((step) => step.type === "money.settle").flatMap((step) => [step.from, step.to]).filter((each) => each !== id("network")));
  const paidOut = past.find((step) => step.type === "money.payout");
  const acquirer = id("acquirer");
  /** What a member owes the network; below zero: is owed. @param {string} member */
  const owes = (member) => -(of(member, "due_to_network").net + of(member, "due_from_network").net);
  const person = lanes.find((each) => each.role === "cardholder");
  const recipient = lanes.find((each) => each.role === "recipient");
  const theirs = recipient ? lanes.filter((each) => each.role === "issuer").at(-1)?.id ?? "" : "";
  const ours = person ? lanes.find((each) => each.role === "issuer")?.id ?? "" : "";
  const toMerchant = -(of(acquirer, "merchant_pending").net + of(acquirer, "merchant_available").net);

  /** @param {string} left @param {string} right @returns {Segment} */
  const between = (left, right) => {
    const [a, b] = [left, right].map((each) => lanes.find((lane) => lane.id === each)?.role);
    if (a === "merchant" && b === "acquirer") return paidOut ? { state: "done", label: "" } : toMerchant > 0 ? { state: "promise", label: `${say(toMerchant)} owed` } : { state: "", label: "" };
    if (b === "recipient") {
      const got = -of(left, "cardholder", right).net;
      return got > 0 ? { state: of(left, "cardholder", right).held ? "promise" : "done", label: of(left, "cardholder", right).held ? "on hold" : "credited" } : { state: "", label: "" };
    }
    const member = a === "network" || (a === "issuer" && b === "issuer") ? right : b === "network" ? left : "";
    if (!member) return { state: "", label: "" };
    if (settled.has(member)) return { state: "done", label: "" };
    const debt = owes(member);
    if (debt !== 0) return { state: "promise", label: `${say(Math.abs(debt))} owed` };
    return { state: "", label: "" };
  };
  const segments = lanes.slice(1).map((each, n) => between(lanes[n].id, each.id));

  /** @type {Record<string, string>} */
  const captions = {};
  const kept = (/** @type {string} */ book, /** @type {string[]} */ codes) => codes.reduce((sum, code) => sum - of(book, code).net, 0);
  if (settled.size) {
    for (const each of lanes) {
      const sum = each.role === "network" ? kept(each.id, ["scheme_fees"]) : each.role === "issuer" ? kept(each.id, ["interchange_income"])
        : each.role === "acquirer" ? kept(each.id, ["merchant_fees", "disbursement_fees", "funding_fees", "interchange_expense", "scheme_fees"]) : 0;
      if (sum > 0) captions[each.id] = `kept ${say(sum)}`;
      if (sum < 0) captions[each.id] = `it cost ${say(-sum)}`;
    }
  }
  const at = (/** @type {string} */ coin, /** @type {string} */ caption, held = false) => ({ coin, held, captions: { ...captions, [coin]: caption }, segments });

  if (recipient) {
    const got = -of(theirs, "cardholder", recipient.id).net;
    if (got > 0) {
      const waits = of(theirs, "cardholder", recipient.id).held > 0;
      if (owes(theirs) < 0) captions[theirs] = "not paid yet";
      return at(recipient.id, waits ? "not available yet" : `${given(recipient.name)} can spend it`, waits);
    }
  }
  if (story.direction === "push" && !person) {
    const sender = lanes.find((each) => each.role === "sender");
    const funds = of(acquirer, "sender");
    const back = past.some((step) => step.type === "disbursement.returned");
    return at(acquirer, funds.held > 0 ? "set aside" : back ? `back with ${short(sender?.name ?? "the sender")}` : `${short(sender?.name ?? "The sender")}’s money`, funds.held > 0);
  }
  const card = of(ours, "cardholder", person?.id);
  const whose = person ? given(person.name) : "the cardholder";
  const account = person?.product === "credit" ? "credit line" : "account";
  if (story.kind === "payment") {
    if (paidOut) return at(id("merchant"), `${paidOut.label.split(" of ")[0]} paid in`);
    if (settled.has(acquirer)) return at(acquirer, `${say(toMerchant)} for ${short(lanes.find((each) => each.role === "merchant")?.name ?? "the shop")}`);
    if (settled.has(ours)) return at(id("network"), "at the settlement bank");
    if (card.net > 0) return at(ours, "booked, not sent");
  } else {
    const waiting = -(of(acquirer, "transfers").net + of(acquirer, "sender").net);
    if (waiting > 0) return at(acquirer, story.kind === "transfer" ? "waits, for nobody to spend" : `${short(lanes.find((each) => each.role === "sender")?.name ?? "The service")} can use it`, of(acquirer, "transfers").held + of(acquirer, "sender").held > 0);
    if (card.net > 0) return at(ours, "debited, not sent");
  }
  if (!ours) return { coin: "", held: false, captions, segments };
  const returned = past.some((step) => /^(reversal_reply|funding_reversal_reply|funding_adjustment_reply|presentment_reply)$/.test(step.type)) && card.net === 0 && !card.held;
  return at(ours, card.held > 0 ? `held in ${whose}’s ${account}` : `${returned ? "back in" : "in"} ${whose}’s ${account}`, card.held > 0);
}

/** The stages of a story, each with the step that reaches it (null: not yet). @param {Told} told @returns {Stage[]} */
export function stages(told) {
  const { steps, story } = told;
  const first = (/** @type {RegExp} */ type, /** @type {(step: Step) => boolean} */ also = () => true) => steps.find((step) => type.test(step.type) && also(step))?.n ?? null;
  const last = (/** @type {RegExp} */ type) => steps.findLast((step) => type.test(step.type))?.n ?? null;
  const stage = (/** @type {string} */ name, /** @type {number | null} */ n, bad = false) => ({ name, n, bad });
  const from = (/** @type {string} */ role) => (/** @type {Step} */ step) => told.story.parties.find((each) => each.id === step.from)?.role === role;
  const settled = stage("Settled", last(/^money\.settle/));
  const told404 = first(/^(payment|disbursement|funding|transfer)\.(declined|failed|refused)$/);
  if (story.kind === "payment") {
    const approved = first(/^payment\.(authorized|captured)$/);
    if (told404) return [stage(steps[told404 - 1].type.endsWith("failed") ? "Failed" : "Declined", told404, true), ...(last(/^reversal_reply/) ? [stage("Reversed", last(/^reversal_reply/))] : [])];
    const list = [stage("Approved", approved)];
    const voided = first(/^200$/);
    if (voided) return [...list, stage("Voided", voided)];
    if (first(/^timer$/)) return [...list, stage("Expired", last(/^timer$/), true)];
    list.push(stage("Cleared", first(/^presentment_reply/, from("network"))));
    const refunds = steps.filter((step) => step.label.startsWith("/v1/refunds")).length;
    if (refunds) list.push(stage("Refunded", steps.find((step) => step.type === "presentment_reply" && from("network")(step) && steps.some((each) => each.type === "refund_presentment" && each.n < step.n))?.n ?? null));
    return [...list, settled, stage("Merchant paid", first(/^money\.payout/))];
  }
  if (story.kind === "disbursement") {
    const list = [stage("Funded", first(/./, (step) => step.written.some((each) => each.kind === "hold")))];
    const news = (/** @type {string} */ state) => first(new RegExp(`^disbursement\\.${state}$`));
    if (news("unknown")) list.push(stage("Unknown", news("unknown"), true));
    if (news("deferred")) list.push(stage("Deferred", news("deferred")));
    if (news("cancelled")) return [...list, stage("Cancelled", news("cancelled"))];
    if (told404) return [...list, stage("Declined", told404, true)];
    list.push(stage("Credited", first(/^original_credit_reply/, (step) => from("issuer")(step) && step.good)), stage("Notified", first(/^notification/)));
    if (news("returned")) list.push(stage("Returned", news("returned"), true));
    if (first(/^adjustment\.accepted/)) list.push(stage("Adjusted", first(/^adjustment\.accepted/)));
    return [...list, settled];
  }
  if (story.kind === "transfer") {
    if (told404) return [stage("Declined", told404, true)];
    const list = [stage("Pulled", first(/^account_funding_reply/, from("network")))];
    const returned = first(/^transfer\.returned/);
    if (first(/^transfer\.unknown/)) list.push(stage("Unknown", first(/^transfer\.unknown/), true));
    return [...list, returned ? stage("Given back", returned, true) : stage("Pushed", first(/^original_credit_reply/, from("issuer"))), settled];
  }
  if (story.kind === "funding") {
    if (told404) return [stage("Declined", told404, true)];
    const back = first(/^funding\.(reversed|adjusted)/);
    return [stage("Debited", first(/^account_funding_reply/, from("issuer"))), stage("Received", first(/^funding\.received/)), ...(back ? [stage("Given back", back, true)] : []), settled];
  }
  return [stage("Done", steps.length)];
}
