// @ts-check
/** The disbursement desk: who sends, through which channel, to whom, how much; or a file of many; or from card to card. */
import { clockText } from "../../clock.js";
import { feed } from "../../feed.js";
import { directionGlyph, icon } from "../../icons.js";
import { amount, minorUnits, money } from "../../money.js";
import { institutionName } from "../../names.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { batch as many, batchButton, batchView, reportView } from "./batch.js";
import { ask, badge, cardOf, cardWith, choice, first, get, of, problemBox, shortName, shown, soon, touched, typedAs, world } from "./state.js";

export const push = {
  kind: "government",
  /** Who sends, by kind: a kind may have several. @type {Record<string, string>} */
  senders: { government: "snd_city_of_alder", company: "snd_opal_payouts", merchant: "snd_blue_door_books", person: "snd_ines_moreau" },
  /** What a person's money comes from: a card (then it is a transfer) or funds paid in before. */
  source: "card",
  service: "snd_brightwater",
  payer: "card_nora_patel",
  to: "card_nora_patel",
  channel: "mobile_app",
  /** What for, by kind of sender. @type {Record<string, string>} */
  programmes: { government: "government_disbursement", company: "corporate_disbursement", merchant: "corporate_disbursement", person: "person_to_person" },
  amount: "250.00",
  busy: false,
  /** @type {import("./state.js").Problem | null} */ problem: null,
  /** @type {any} the disbursement or transfer made last */ made: null,
  /** @type {any} what was asked back of it */ adjustment: null,
  /** @type {any} what the network said of the recipient's card */ eligibility: null,
  /** @type {any} the rate that was quoted, for a card in another currency */ quote: null,
  /** @type {any} what the sender has, and its fees */ balance: null,
  /** @type {any} what is in the payer's account */ payerBalance: null,
};

/** @type {[string, string][]} */
export const KINDS = [["merchant", "Merchant"], ["company", "Company"], ["government", "Government"], ["person", "Person"]];
/** @type {[string, string][]} */
export const CHANNELS = [["mobile_app", "Mobile app"], ["bank_branch", "Branch"], ["web", "Web"], ["api", "API"], ["file", "File"]];
/** @type {Record<string, string>} */
const FACES = { government: "city", company: "company", merchant: "shop", person: "person" };

/** From card to card? */
export const isTransfer = () => push.kind === "person" && push.source === "card";
export const isBatch = () => push.channel === "file" && !isTransfer();
const senderId = () => isTransfer() ? push.service : push.senders[push.kind];
export const sender = () => world.senders.find((each) => each.id === senderId());
const unit = () => sender()?.currency ?? "USD";
export const programme = () => world.programmes.find((each) => each.programme === push.programmes[push.kind]);
const minor = () => minorUnits(push.amount, unit());
/** Where whoever pays lives, which the network wants to know. */
const LIVES = { address: "12 Juniper Lane", city: "Alder", region: "OR", country: "US" };
const named = (/** @type {string} */ card) => ({ name: cardOf(card)?.holder ?? "", card: { id: card } });

/** Is what the recipient gets in another currency, and quoted for just this? */
const crosses = () => world.quotes && !isTransfer() && !isBatch() && cardOf(push.to)?.currency !== unit();
const isQuoted = () => crosses() && push.quote?.status === "open" && push.quote.amount === minor();

/** The order as the API takes it, and where it goes. */
export function pushOrder() {
  const what = { sender: senderId(), amount: minor() ?? push.amount, currency: unit() };
  if (isTransfer()) return { path: "/v1/transfers", body: { ...what, payer: { ...named(push.payer), ...LIVES }, recipient: named(push.to), channel: push.channel } };
  const kind = { channel: push.channel, programme: push.programmes[push.kind] };
  const quoted = isQuoted() ? { quote: push.quote.id } : {};
  return { path: "/v1/disbursements", body: { ...what, card: { id: push.to }, ...kind, recipient_name: cardOf(push.to)?.holder ?? "", ...quoted } };
}

async function send() {
  shown.side = "push";
  const { path, body } = pushOrder();
  const made = await ask(push, "POST", path, body, { key: shown.key });
  if (made) Object.assign(push, { made, adjustment: null, quote: null });
  if (made) say(`${made.status}. ${because(made)}`);
  await readBalance();
}

/** @param {string} path @param {any} [body] */
async function act(path, body) {
  const reply = await ask(push, "POST", path, body);
  if (reply?.object === "adjustment") push.adjustment = reply;
  await look();
}

async function look() {
  if (world.quotes === null && (cardOf(push.to)?.currency ?? unit()) !== unit()) world.quotes = await get("/v1/quotes?limit=1") !== null;
  const { id, object } = push.made ?? {};
  const made = id && await get(`/v1/${object}s/${id}`);
  if (made && push.made?.id === id) push.made = made;
  await readBalance();
}

/** Any push or transfer, to be asked about, cancelled or asked back here. @param {"disbursement" | "transfer"} object @param {string} id */
export async function takeUpPush(object, id) {
  const made = await get(`/v1/${object}s/${encodeURIComponent(id)}`);
  if (!made) return false;
  const [by, to, payer] = [world.senders.find((each) => each.id === made.sender), cardWith(made.recipient?.card ?? made.card), cardWith(made.payer?.card)];
  Object.assign(push, { made, adjustment: null, problem: null, kind: object === "transfer" ? "person" : by?.kind ?? push.kind, source: object === "transfer" ? "card" : "funds", to: to ?? push.to, payer: payer ?? push.payer });
  if (by && object === "disbursement") push.senders[by.kind] = by.id;
  if (push.channel === "file") push.channel = "web";
  lookSoon();
  return true;
}

/** What the sender has left, and the payer. */
async function readBalance() {
  const [id, payer] = [senderId(), isTransfer() ? cardOf(push.payer)?.account : undefined];
  const [balance, payerBalance] = await Promise.all([get(`/v1/senders/${id}/balance`), payer ? get(`/v1/accounts/${payer}/balance`) : null]);
  if (id === senderId()) Object.assign(push, { balance, payerBalance });
  redraw();
}

const lookSoon = soon(look);
/** Read anew what the desk shows. */
export const pushLook = lookSoon;

/** @param {import("../../feed.js").SandboxEvent[]} events */
export function pushHeard(events) {
  const about = push.made?.reference;
  const account = isTransfer() ? `.${cardOf(push.payer)?.account}` : `.${senderId()}`;
  const moved = (/** @type {any} */ each) => each.type.startsWith("money.") && JSON.stringify(each.data).includes(account);
  if (events.some((each) => (about && each.reference === about) || each.subject === push.made?.id || moved(each))) lookSoon();
}

/** @param {Record<string, any>} change */
function set(change) {
  Object.assign(push, change);
  touched("push");
  lookSoon();
}

/** @type {Record<string, (arg: string, element: any) => void>} */
export const pushActions = {
  kind: (arg) => set({ kind: arg, made: null, problem: null, ...(arg === "person" && push.payer === push.to ? { to: other(push.payer) } : {}) }),
  sender: (_, { value }) => set(isTransfer() ? { service: value } : { senders: { ...push.senders, [push.kind]: value } }),
  source: (arg) => set({ source: arg, made: null }),
  channel: (arg) => set({ channel: arg, ...(arg === "file" ? { made: null } : {}) }),
  programme: (_, { value }) => set({ programmes: { ...push.programmes, [push.kind]: value } }),
  payer: (_, { value }) => set({ payer: value, made: null }),
  to: (_, { value }) => set({ to: value, eligibility: null, made: null }),
  howMuch: (_, { value }) => { push.amount = value; touched("push") },
  eligible: () => void inquire(),
  rate: () => void askForRate(),
  topUp: () => void act(`/v1/senders/${senderId()}/top_ups`, { amount: 100000 }),
  send: () => void send(),
  enquire: () => void act(`/v1/disbursements/${push.made.id}/enquire`),
  cancel: () => void act(`/v1/disbursements/${push.made.id}/cancel`),
  release: () => void act(`/v1/disbursements/${push.made.id}/release`),
  refuse: () => void act(`/v1/disbursements/${push.made.id}/refuse`),
  takeBack: () => void act("/v1/adjustments", { disbursement: push.made.id }),
};

const other = (/** @type {string} */ card) => card === "card_omar_diallo" ? "card_nora_patel" : "card_omar_diallo";

async function inquire() {
  const card = push.to;
  const application = programme()?.business_applications[0];
  const told = await ask(push, "POST", "/v1/eligibility_inquiries", { card: { id: card }, ...(application ? { business_application: application } : {}), ...(sender() ? { acquirer: sender().acquirer } : {}) });
  if (told && card === push.to) push.eligibility = told;
}

async function askForRate() {
  const quote = await ask(push, "POST", "/v1/quotes", { sender: senderId(), amount: minor() ?? push.amount, card: { id: push.to } });
  if (quote) Object.assign(push, { quote });
  touched("push");
}

// ── what is seen ──

/** What arrives when it is converted, at a rate that is locked for a while. */
function rate() {
  const { quote } = push;
  const told = isQuoted() ? html`<b>${money(quote.recipient_amount, quote.recipient_currency)}</b><small>${first(cardOf(push.to)?.holder ?? "")} gets it at ${quote.rate}, until ${clockText(Date.parse(quote.expires_at))}</small>`
    : html`<b>in ${cardOf(push.to)?.currency}</b><small>${quote?.decline ? `${quote.decline.code} ${quote.decline.reason.replaceAll("_", " ")}` : "The network quotes a rate, and keeps it for a while."}</small>`;
  return html`<div data-key="rate"><span class="d-lab">Arrives</span><div class="d-inp"><span class="d-grow">${told}</span><button class="btn ghost d-tiny" data-do="rate">${quote ? "Ask again" : "Ask for a rate"}</button></div></div>`;
}

/** Why it is as it is. @param {any} made */
function because(made) {
  const no = made.decline ?? made.failure;
  if (no) return `${no.code ?? ""} ${no.reason.replaceAll("_", " ")}, says ${institutionName(no.by)}`;
  if (made.status === "unknown") return "The answer is lost: it may have been paid. The money stays set aside; ask, never send again.";
  if (made.status === "deferred") return "The network keeps it until it is due.";
  if (made.status === "held") return "Held: somebody must look at the name first.";
  if (made.status === "returned" && made.returned) return `Sent back by the recipient’s bank, reason ${made.returned.reason_code}.`;
  if (made.object === "transfer" && made.status === "paid") return `${first(made.payer.name)} was debited ${money(made.amount + made.fee_amount, made.currency)}.`;
  return made.approval_code ? `Approved, code ${made.approval_code}.` : "";
}

function outcome() {
  const made = push.made;
  if (!made) return html`<div class="d-outcome d-nothing" role="status" data-key="outcome">What becomes of it is told here.</div>`;
  const can = /** @type {[string, string][]} */ (made.object === "transfer" ? [] : { unknown: [["enquire", "Ask what became of it"]], deferred: [["cancel", "Cancel it"]], held: [["release", "Release"], ["refuse", "Refuse"]], paid: [["takeBack", "Ask for it back"]], settled: [["takeBack", "Ask for it back"]] }[/** @type {"paid"} */ (made.status)] ?? []);
  const back = push.adjustment;
  return html`<div class="d-outcome" role="status" data-key="outcome"><div><p>${badge(made.status)} <b>${money(made.amount, made.currency)}</b>${made.recipient_amount && html`, arrives as <b>${money(made.recipient_amount, made.recipient_currency)}</b>`} <span>${because(made)}</span></p>
${back && html`<p>${badge(back.status, `asked back: ${back.status}`)} ${back.refusal && html`${back.refusal.code} ${back.refusal.reason.replaceAll("_", " ")}`}</p>`}</div>
<div class="d-acts">${can.map(([name, label]) => html`<button type="button" class="btn ghost" data-key="${name}" data-do="${name}">${label}</button>`)}<a href="/p/${made.id}" data-key="watch">Watch it in the theatre</a></div></div>`;
}

/** Whose card, to choose. @param {string} id @param {string} value */
const people = (id, value) => html`<select id="${id}" data-do="${id}">${world.cards.map((each) => html`<option value="${each.id}" ${each.id === value && html`selected`}>${each.holder}</option>`)}</select>`;

/** @param {string} id @param {string} label @param {string} value @param {unknown} [more] */
function person(id, label, value, more) {
  const card = cardOf(value);
  return html`<div data-key="${id}"><label class="d-lab" for="${id}">${label}</label><div class="d-inp p-cardholder"><span class="d-av">${icon("person")}</span><span class="d-grow">${people(id, value)}<small>${card && `•••• ${card.number.slice(-4)}, ${institutionName(card.issuer)}`}</small></span>${more}</div></div>`;
}

function fastFunds() {
  const told = push.eligibility;
  if (!told) return html`<button type="button" class="btn ghost d-tiny" data-do="eligible" title="Ask the network what may be pushed to this card">Ask first</button>`;
  if (told.status !== "answered") return html`<span class="badge warn">no answer</span>`;
  if (!told.push_allowed) return html`<span class="badge bad">${told.refusal?.replaceAll("_", " ") ?? "no pushes"}</span>`;
  const { seconds, business_days: days } = told.funds_within;
  return seconds ? html`<span class="badge ok" title="Within ${Math.round(seconds / 60)} minutes">fast funds</span>` : html`<span class="badge warn">within ${days} business days</span>`;
}

/** What is there now, and what is left afterwards. @param {string} label @param {any} balance @param {number} taken @param {unknown} more @param {string} [role] whose books it is in */
function meter(label, balance, taken, more, role = "acquirer") {
  const { available, held, currency } = balance ?? { available: 0, held: 0, currency: unit() };
  const after = available - taken;
  const share = available > 0 ? Math.max(0, Math.min(100, 100 * after / available)) : 0;
  const shown = (/** @type {number} */ minor) => html`<b>${amount(minor, currency)}</b>`;
  return html`<div class="p-${role}" data-key="meter"><span class="d-lab">${label} ${more}</span><div class="d-meter" css="--left:${share}%">${balance && html`<i></i><i></i>`}</div><div class="d-cap2">${balance ? html`<span>now ${shown(available)}${held > 0 && html`, set aside ${shown(held)}`}</span><span class="${after < 0 && "d-no"}">after ${shown(after)}</span>` : html`<p>…</p>`}</div></div>`;
}

/** Who passes it on to whom: role, name, and its picture. @returns {{ id: string, role: string, name: string, face: string }[]} */
function route() {
  const [by, payer, to] = [sender(), cardOf(push.payer), cardOf(push.to)];
  const member = (/** @type {string} */ id, /** @type {string} */ role, /** @type {string} */ face) => ({ id, role, face, name: shortName(id) });
  const network = feed.members.find((each) => each.role === "network")?.id ?? "opennet";
  const pushed = [member(by?.acquirer ?? "", "acquirer", "acquirer"), member(network, "network", "network"), member(to?.issuer ?? "", "issuer", "bank"), { id: "", role: "cardholder", name: first(to?.holder ?? ""), face: "person" }];
  if (isTransfer()) return [{ id: "", role: "cardholder", name: first(payer?.holder ?? ""), face: "person" }, member(payer?.issuer ?? "", "issuer", "bank"), member(network, "network", "network"), ...pushed];
  return [{ id: "", role: "sender", name: by?.name ?? "", face: FACES[push.kind] }, ...pushed];
}

/** What really crossed, of the payment made last: `harbor opennet` → "sent" or "received". */
function crossed() {
  /** @type {Map<string, string>} */
  const hops = new Map();
  const made = push.made;
  if (!made) return hops;
  const own = new Set([made.reference]);
  if (made.object === "transfer") for (const each of feed.events) if (each.subject === made.disbursement) own.add(each.reference);
  for (const { type, reference, data } of feed.events) {
    if (!own.has(reference) || !type.startsWith("message.")) continue;
    const hop = `${data.sender} ${data.receiver}`;
    if (type === "message.received") hops.set(hop, "received");
    else if (!hops.has(hop)) hops.set(hop, "sent");
  }
  return hops;
}

function path() {
  const stops = route();
  const hops = crossed();
  const paid = push.made && /^(paid|settled)$/.test(push.made.status);
  const state = (/** @type {number} */ n) => {
    const [from, to] = [stops[n], stops[n + 1]];
    if (!push.made) return "";
    if (!from.id) return n === 0 && isTransfer() ? (hops.size ? "received" : "") : "received";
    if (!to.id) return paid ? "received" : "";
    return hops.get(`${from.id} ${to.id}`) ?? (isTransfer() && n < 3 ? hops.get(`${to.id} ${from.id}`) : undefined) ?? "";
  };
  return html`<div data-key="path"><span class="d-lab" id="path-of">Path${push.made ? ", as it went" : ""}</span><ol class="d-path ${stops.length > 5 && "d-long"} ${(paid || !push.made) && "d-paid"}" aria-labelledby="path-of">${stops.map((each, n) => html`<li class="p-${each.role}" data-key="${n}"><span>${icon(each.face)}</span>${each.name}${n < stops.length - 1 && html`<i class="d-a ${push.made ? `d-went ${state(n) && `d-${state(n)}`}` : ""}" aria-hidden="true"></i>`}</li>`)}</ol></div>`;
}

/** Is that something money may be sent for? @param {string} name */
export const fits = (name) => fitting().some((each) => each.programme === name);

/** What money on a card may be sent for: senders of this kind may send it, through this channel. */
const fitting = () => world.programmes.filter((each) => each.senders.includes(push.kind) && each.channels.includes(push.channel));

/** @param {import("../../template.js").Markup} phone */
export function pushView(phone) {
  const [transfer, batch] = [isTransfer(), isBatch()];
  const fees = push.balance?.fees;
  const fee = fees ? (transfer ? fees.transfer_amount : fees.disbursement_amount) : 0;
  const total = (minor() ?? 0) + fee;
  const recipient = cardOf(push.to);
  const several = world.senders.filter((each) => transfer ? each.kind === "company" : each.kind === push.kind);
  const senders = several.length > 0 && html`<div class="d-two" data-key="sender"><label>${transfer ? "Whose service" : "In the name of"}<select data-do="sender">${several.map((each) => html`<option value="${each.id}" ${each.id === senderId() && html`selected`}>${each.name}</option>`)}</select></label>${!transfer && html`<label>What for<select data-do="programme">${fitting().map((each) => html`<option value="${each.programme}" ${each.programme === push.programmes[push.kind] && html`selected`}>${each.programme.replaceAll("_", " ")} (${each.business_applications[0]})</option>`)}</select></label>`}</div>`;
  return html`<section class="panel d-card" aria-labelledby="push-title" data-key="push"><header>${directionGlyph("push")}<div><h2 id="push-title">Disbursement desk</h2><p>Push: the sender starts it, the recipient does nothing</p></div></header>
<div class="d-desk"><div class="d-form">${choice("Who sends", KINDS, push.kind, "kind")}${push.kind === "person" && choice("Out of", [["card", "A card: person to person"], ["funds", "Funds paid in"]], push.source, "source", true)}${senders}
${choice("Through", transfer ? CHANNELS.slice(0, 4) : CHANNELS, push.channel, "channel")}
${batch ? batchView() : html`${transfer && person("payer", "From", push.payer)}${person("to", "To", push.to, fastFunds())}
<div data-key="amount"><label class="d-lab" for="howMuch">Amount</label><div class="d-inp d-big"><input id="howMuch" data-do="howMuch" value="${push.amount}" inputmode="decimal" autocomplete="off" size="8"><span class="kicker">${unit()}</span><span class="badge d-fee">fee ${fees ? amount(fee, unit()) : "…"}</span></div></div>${crosses() && rate()}`}
${transfer ? meter(`In ${of(cardOf(push.payer)?.holder ?? "")} account`, push.payerBalance, total, null, "issuer") : meter(`Prefunded at ${shortName(sender()?.acquirer ?? "")}`, push.balance, batch ? 0 : total, html`<button type="button" class="d-link" data-do="topUp">top up ${money(100000, unit())}</button>`)}</div>
${phone}</div>
${batch ? reportView() : html`${path()}${outcome()}`}
<div class="d-go">${problemBox(batch ? many.problem : push.problem, batch ? "batch" : "push", typedAs(unit()))}${batch ? batchButton() : html`<button type="button" class="btn d-full" data-key="go" data-do="send" ${push.busy && html`aria-disabled="true"`}>${push.busy ? "Sending …" : `${transfer ? "Send" : "Push"} ${minor() === null ? push.amount : money(minor() ?? 0, unit())} ${transfer ? `from ${first(cardOf(push.payer)?.holder ?? "")} ` : ""}to ${first(recipient?.holder ?? "")}`}</button>`}</div></section>`;
}
