// @ts-check
/** The stages of a story, each with the step that reaches it. */

/** @typedef {import("../story.js").Story} Story @typedef {import("../story.js").Step} Step @typedef {import("../story.js").Stage} Stage */

/** How far a story has come, stage by stage. @param {Story} story @param {Step[]} steps @returns {Stage[]} */
export const stages = (story, steps) => new Course(story, steps).stages();

/** @param {string} name @param {number | null} n @param {boolean} [bad] @returns {Stage} */
const stage = (name, n, bad = false) => ({ name, n, bad });

class Course {
  /** @param {Story} story @param {Step[]} steps */
  constructor(story, steps) {
    this.story = story;
    this.steps = steps;
    this.settled = stage("Settled", this.last(/^money\.settle/));
  }

  /** @returns {Stage[]} */
  stages() {
    const { kind } = this.story;
    if (kind === "payment") return this.ofPayment();
    if (kind === "disbursement") return this.ofPush();
    if (kind === "transfer") return this.ofTransfer();
    return kind === "funding" ? this.ofFunding() : [stage("Done", this.steps.length)];
  }

  /** The first step of a type, said by whoever has that role; a good one. @param {RegExp} type @param {string} [role] @param {boolean} [good] */
  first(type, role, good = false) {
    const said = (/** @type {Step} */ step) => !role || this.story.parties.find((each) => each.id === step.from)?.role === role;
    return this.steps.find((step) => type.test(step.type) && said(step) && (step.good || !good))?.n ?? null;
  }

  /** @param {RegExp} type */
  last(type) { return this.steps.findLast((step) => type.test(step.type))?.n ?? null }

  /** The step that says no. */
  refused() { return this.first(/^(payment|disbursement|funding|transfer)\.(declined|failed|refused)$/) }

  ofPayment() {
    const refused = this.refused();
    if (refused) {
      const back = this.last(/^reversal_reply/);
      const how = this.steps[refused - 1].type.endsWith("failed") ? "Failed" : "Declined";
      return [stage(how, refused, true), ...(back ? [stage("Reversed", back)] : [])];
    }
    const approved = stage("Approved", this.first(/^payment\.(authorized|captured)$/));
    const [voided, expired] = [this.first(/^200$/), this.last(/^timer$/)];
    if (voided) return [approved, stage("Voided", voided)];
    if (expired) return [approved, stage("Expired", expired, true)];
    const asked = this.steps.some((step) => step.label.startsWith("/v1/refunds"));
    return [
      approved, stage("Cleared", this.first(/^presentment_reply/, "network")), ...(asked ? [stage("Refunded", this.refunded())] : []),
      this.settled, stage("Merchant paid", this.first(/^money\.payout/)),
    ];
  }

  /** The step in which a refund is cleared. */
  refunded() {
    const presented = this.first(/^refund_presentment$/);
    const network = this.story.parties.find((each) => each.role === "network")?.id;
    return presented && (this.steps.slice(presented).find((step) => step.type === "presentment_reply" && step.from === network)?.n ?? null);
  }

  ofPush() {
    const refused = this.refused();
    const news = (/** @type {string} */ state) => this.first(new RegExp(`^disbursement\\.${state}$`));
    const [unknown, deferred, cancelled, returned] = ["unknown", "deferred", "cancelled", "returned"].map(news);
    const held = this.steps.find((step) => step.written.some((each) => each.kind === "hold"))?.n ?? null;
    const adjusted = this.first(/^adjustment\.accepted/);
    const begun = [stage("Funded", held), ...(unknown ? [stage("Unknown", unknown, true)] : []), ...(deferred ? [stage("Deferred", deferred)] : [])];
    if (cancelled) return [...begun, stage("Cancelled", cancelled)];
    if (refused) return [...begun, stage("Declined", refused, true)];
    return [
      ...begun, stage("Credited", this.first(/^original_credit_reply/, "issuer", true)), stage("Notified", this.first(/^notification/)),
      ...(returned ? [stage("Returned", returned, true)] : []), ...(adjusted ? [stage("Adjusted", adjusted)] : []), this.settled,
    ];
  }

  ofTransfer() {
    const [refused, unknown, returned] = [this.refused(), this.first(/^transfer\.unknown/), this.first(/^transfer\.returned/)];
    if (refused) return [stage("Declined", refused, true)];
    return [
      stage("Pulled", this.first(/^account_funding_reply/, "network")), ...(unknown ? [stage("Unknown", unknown, true)] : []),
      returned ? stage("Given back", returned, true) : stage("Pushed", this.first(/^original_credit_reply/, "issuer")), this.settled,
    ];
  }

  ofFunding() {
    const [refused, back] = [this.refused(), this.first(/^funding\.(reversed|adjusted)/)];
    if (refused) return [stage("Declined", refused, true)];
    return [
      stage("Debited", this.first(/^account_funding_reply/, "issuer")), stage("Received", this.first(/^funding\.received/)),
      ...(back ? [stage("Given back", back, true)] : []), this.settled,
    ];
  }
}
