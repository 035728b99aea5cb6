// @ts-check
/** Break the next payment: messages lost, late or sent twice at a hop; and outcomes staged for a push. Once, if not said otherwise. */
import { feed } from "../../feed.js";
import { icon } from "../../icons.js";
import { institutionName } from "../../names.js";
import { redraw } from "../../page.js";
import { html } from "../../template.js";
import { isTransfer, push, sender } from "./push.js";
import { sale } from "./checkout.js";
import { ask, badge, cardOf, choice, get, masked, of, problemBox, shown, shortName, soon, world } from "./state.js";

export const breaking = {
  tab: "messages",
  /** What the address suggests to turn on. */ hint: "",
  /** Which message was chosen, and on which side: on the other it is the one that is next. */
  message: "", side: "",
  times: "1",
  seconds: "3",
  /** What is staged, is staged for the recipient's card or for all of a sender's. */
  whose: "card",
  code: "57", by: "issuer", later: "3600",
  /** @type {any[]} */ faults: [],
  /** @type {any[]} */ outcomes: [],
  /** @type {any[]} */ endpoints: [],
  /** The switches that are just being turned. @type {Set<string>} */ turning: new Set(),
  busy: false,
  /** @type {import("./state.js").Problem | null} */ problem: null,
};

/** @type {[string, string, string][]} */
export const FAULTS = [["lose_request", "Request lost", "never arrives"], ["lose_reply", "Reply lost", "and nobody hears"], ["duplicate", "Sent twice", "has its effect once"], ["delay", "Late", "from 10 nobody waits"]];

/** @type {[string, string, string][]} name, what it means, and which of code, by, later it takes */
export const OUTCOMES = [
  ["decline", "Declined, the money is released", "code by"],
  ["lost_then_approved", "Unknown, then found paid", "later"],
  ["lost_then_never_processed", "Unknown, then found never to have arrived", "later"],
  ["duplicate", "Arrives twice, is paid once", ""],
  ["available_later", "Paid, but kept on hold by the bank", "later"],
  ["returned", "Paid, then sent back by the recipient", "later"],
  ["deferred", "Kept by the network for a while", "later"],
  ["partner_limit", "The sender’s limit at its own bank is reached", "code"],
  ["adjustment_refused", "Paid; asked back, the bank refuses", "code"],
];

const network = () => feed.members.find((each) => each.role === "network")?.id ?? "opennet";

/** Which message is next, between whom. */
function next() {
  const message = (breaking.side === shown.side && breaking.message) || (shown.side === "sale" ? "authorization_request" : isTransfer() ? "account_funding" : "original_credit");
  const shop = world.merchants.find((each) => each.id === sale.merchant);
  const acquirer = (message === "authorization_request" ? shop?.acquirer : sender()?.acquirer) ?? "harbor";
  const card = { authorization_request: sale.card, account_funding: push.payer }[message] ?? push.to;
  return { message, hops: [[acquirer, network()], [network(), cardOf(card)?.issuer ?? ""]] };
}

async function look() {
  const [faults, outcomes, endpoints] = await Promise.all(["sandbox/faults?limit=50", "sandbox/outcomes?limit=50", "webhook_endpoints?limit=50"].map((each) => get(`/v1/${each}`)));
  Object.assign(breaking, { faults: faults?.data ?? [], outcomes: outcomes?.data ?? [], endpoints: endpoints?.data ?? [] });
}

export const breakingLook = soon(look, 50);

/** @param {import("../../feed.js").SandboxEvent[]} events */
export const breakingHeard = (events) => { if (events.some((each) => /^(fault|staged_outcome|staging|outcome|webhook_endpoint)\./.test(each.type))) breakingLook() };

/** @param {string} kind @param {string[]} hop */
const fault = (kind, [from, to]) => ({ kind, sender: from, receiver: to, message: next().message, times: Number(breaking.times), ...(kind === "delay" ? { delay_seconds: whole(breaking.seconds) } : {}) });

/** A whole number, or what was typed, for the API to judge. @param {string} text */
const whole = (text) => /^\d{1,9}$/.test(text) ? Number(text) : text;

/** @param {string} name */
function staged(name) {
  const takes = OUTCOMES.find(([each]) => each === name)?.[2] ?? "";
  return {
    outcome: name, ...(breaking.whose === "card" ? { card: { id: push.to } } : { sender: sender()?.id }),
    ...(takes.includes("code") && breaking.code ? { code: breaking.code } : {}), ...(takes.includes("by") ? { by: breaking.by } : {}),
    ...(takes.includes("later") && breaking.later ? { seconds: whole(breaking.later) } : {}), times: Number(breaking.times),
  };
}

/** @param {string} kind @param {string[]} hop */
const armedFault = (kind, [from, to]) => breaking.faults.find((each) => each.kind === kind && each.sender === from && each.receiver === to && each.message === next().message);

/** @param {string} name */
function armedOutcome(name) {
  const [number, by] = [masked(cardOf(push.to)?.number ?? ""), sender()?.id];
  return breaking.outcomes.find((each) => each.outcome === name && (breaking.whose === "card" ? each.card?.masked === number : each.sender === by));
}

let done = Promise.resolve();

/** One after the other; until its answer is there, a switch shows what it was set to.
 * @param {string} which @param {() => { method: string, path: string, body?: any }} call what is then to be done */
function turn(which, call) {
  breaking.turning.add(which);
  done = done.then(async () => {
    const { method, path, body } = call();
    await ask(breaking, method, path, body);
    await look();
    breaking.turning.delete(which);
    redraw();
  });
}

/** @param {string} kind "faults" or "outcomes" @param {any} armed @param {() => any} order */
const either = (kind, armed, order) => armed ? { method: "DELETE", path: `/v1/sandbox/${kind}/${armed.id}` } : { method: "POST", path: `/v1/sandbox/${kind}`, body: order() };

/** @type {Record<string, (arg: string, element: any) => void>} */
export const breakingActions = {
  breakTab: (arg) => { breaking.tab = arg },
  message: (_, { value }) => Object.assign(breaking, { message: value, side: shown.side }),
  times: (_, { value }) => { breaking.times = value },
  seconds: (_, { value }) => { breaking.seconds = value },
  whose: (arg) => { breaking.whose = arg },
  outcomeCode: (_, { value }) => { breaking.code = value.toUpperCase() },
  outcomeBy: (_, { value }) => { breaking.by = value },
  outcomeLater: (_, { value }) => { breaking.later = value },
  fault: (arg) => {
    const [kind, hop] = arg.split(" ");
    const between = next().hops[Number(hop)];
    turn(arg, () => either("faults", armedFault(kind, between), () => fault(kind, between)));
  },
  outcome: (arg) => turn(arg, () => either("outcomes", armedOutcome(arg), () => staged(arg))),
  chaos: (arg, { value }) => { void ask(breaking, "POST", chaosPath(arg), { chaos: value }).then(breakingLook) },
  disarm: (arg) => turn(arg, () => ({ method: "DELETE", path: `/v1/sandbox/${arg}` })),
};

// ── what is seen ──

/** @param {string} action @param {string} arg @param {string} label @param {boolean} on @param {string} call what it does */
const toggle = (action, arg, label, on, call) => html`<input type="checkbox" role="switch" data-do="${action}" data-arg="${arg}" aria-label="${label}" title="${call}" ${on !== breaking.turning.has(arg) && html`checked`}>`;

/** @param {any} body */
const callOf = (body) => JSON.stringify(body).replaceAll(",", ", ").replaceAll(":", ": ");

function messages() {
  const { message, hops } = next();
  const names = [["authorization_request", "Sale: authorization request"], ["reversal", "Sale: reversal"], ["presentment", "Sale: presentment"], ["original_credit", "Push: original credit"], ["enquiry", "Push: enquiry"], ["account_funding", "Transfer: account funding"]];
  return html`<table class="d-hops"><thead><tr><th scope="col"><select data-do="message" aria-label="Which message">${names.map(([each, name]) => html`<option value="${each}" ${each === message && html`selected`}>${name}</option>`)}</select></th>${hops.map(([from, to]) => html`<th scope="col">${shortName(from)} <span>→ ${shortName(to)}</span></th>`)}</tr></thead>
<tbody>${FAULTS.map(([kind, name, what]) => html`<tr data-key="${kind}" class="${kind === breaking.hint && "d-hint"}"><th scope="row">${name}${kind === "delay" && html` by <input class="d-few" data-do="seconds" value="${breaking.seconds}" aria-label="Seconds late" inputmode="numeric"> s`}<small>${what}</small></th>${hops.map((hop, n) => html`<td data-key="${n}">${toggle("fault", `${kind} ${n}`, `${name}, ${institutionName(hop[0])} to ${institutionName(hop[1])}`, armedFault(kind, hop) !== undefined, `POST /v1/sandbox/faults ${callOf(fault(kind, hop))}`)}</td>`)}</tr>`)}</tbody></table>`;
}

const howOften = () => html`<select data-do="times" aria-label="How often" ${breaking.tab === "webhooks" && html`disabled`}>${[["1", "once"], ["3", "three times"], ["10", "ten times"]].map(([each, name]) => html`<option value="${each}" ${each === breaking.times && html`selected`}>${name}</option>`)}</select>`;

function outcomes() {
  const who = [["card", `To ${of(cardOf(push.to)?.holder ?? "the")} card`], ["sender", `From ${sender()?.name ?? "the sender"}`]];
  return html`${choice("The next push", /** @type {[string, string][]} */ (who), breaking.whose, "whose", true)}
<div class="d-three"><label>Code<input data-do="outcomeCode" value="${breaking.code}" maxlength="2" autocomplete="off"></label><label>Says<select data-do="outcomeBy">${["issuer", "network"].map((each) => html`<option value="${each}" ${each === breaking.by && html`selected`}>${each}</option>`)}</select></label><label>Seconds later<input data-do="outcomeLater" value="${breaking.later}" inputmode="numeric" autocomplete="off"></label></div>
<ul class="sws">${OUTCOMES.map(([name, what, takes]) => html`<li class="d-sw ${name === breaking.hint && "d-hint"}" data-key="${name}"><span>${what}<small>${name.replaceAll("_", " ")}${takes && html` · ${[takes.includes("code") && breaking.code, takes.includes("by") && breaking.by, takes.includes("later") && `${breaking.later} s`].filter(Boolean).join(", ")}`}</small></span>${toggle("outcome", name, what, armedOutcome(name) !== undefined, `POST /v1/sandbox/outcomes ${callOf(staged(name))}`)}</li>`)}</ul>`;
}

/** On the way to whoever listens, endpoint by endpoint. @type {[string, string][]} */
const CHAOS = [["", "all arrive"], ["drop", "all are lost"], ["repeat", "each arrives twice"], ["reorder", "out of order"], ["delay:60", "a minute late"]];

const chaosPath = (/** @type {string} */ id) => `/v1/sandbox/webhook_endpoints/${id}/chaos`;

function webhooks() {
  if (!breaking.endpoints.length) return html`<p class="d-nothing">Nobody listens yet. Have events sent to a program of yours with <code>POST /v1/webhook_endpoints</code>; then break its webhooks here.</p>`;
  return html`<ul>${breaking.endpoints.map(({ id, url, status, chaos }) => html`<li class="d-sw" data-key="${id}"><span class="d-url">${url}<small>${id}</small></span>${status !== "enabled" && badge(status)}<select data-do="chaos" data-arg="${id}" aria-label="Webhooks to ${url}">${CHAOS.map(([each, name]) => html`<option value="${each}" ${each === chaos && html`selected`}>${name}</option>`)}${!CHAOS.some(([each]) => each === chaos) && html`<option selected>${chaos}</option>`}</select></li>`)}</ul>`;
}

/** What is armed, as one reads it. @param {any} each @param {"faults" | "outcomes"} of */
function armed(each, of) {
  const hop = each.sender || each.receiver ? `${each.sender || "any"} → ${each.receiver || "any"}` : "";
  const words = of === "faults" ? `${each.kind.replaceAll("_", " ")}: ${(each.message || "any message").replaceAll("_", " ")}${hop && `, ${hop}`}` : `${each.outcome.replaceAll("_", " ")}${each.code ? ` ${each.code}` : ""}: ${each.card ? `card •••• ${each.card.masked.slice(-4)}` : each.sender}`;
  return html`<li data-key="${each.id}">${icon("bolt")}<span>${words}</span><b>${each.times === null ? "∞" : `×${each.times}`}</b><button type="button" class="d-x" data-do="disarm" data-arg="${of}/${each.id}" aria-label="Disarm ${words}">${icon("cross")}</button></li>`;
}

export function breakingView() {
  const on = breaking.faults.length + breaking.outcomes.length;
  const example = breaking.tab === "webhooks" ? `POST ${chaosPath(breaking.endpoints[0]?.id ?? "{id}")} {"chaos": "repeat"}` : breaking.tab === "messages" ? `POST /v1/sandbox/faults ${callOf(fault("lose_reply", next().hops[0]))}` : `POST /v1/sandbox/outcomes ${callOf(staged("decline"))}`;
  return html`<section class="panel d-card d-breaking" aria-labelledby="break-title" data-key="breaking"><header><h2 id="break-title">Break the next payment</h2>${on > 0 && html`<span class="badge warn" data-key="on">${on} on</span>`}
</header>
<div class="d-what"><div class="seg" role="group" aria-label="What to break">${[["messages", "Messages"], ["outcomes", "Outcomes"], ["webhooks", "Webhooks"]].map(([each, name]) => html`<button type="button" data-key="${each}" data-do="breakTab" data-arg="${each}" aria-pressed="${each === breaking.tab}">${name}</button>`)}</div>${howOften()}</div>
<div class="d-switches">${breaking.tab === "webhooks" ? webhooks() : breaking.tab === "messages" ? messages() : outcomes()}</div>
<ul class="d-armed ${!on && "d-nothing"}" aria-label="What is armed">${breaking.faults.map((each) => armed(each, "faults"))}${breaking.outcomes.map((each) => armed(each, "outcomes"))}${!on && html`<li>Nothing is armed: all goes well.</li>`}</ul>
<div class="d-go">${problemBox(breaking.problem, "breaking")}<p class="d-call" title="${example}"><code>${example}</code></p></div></section>`;
}
