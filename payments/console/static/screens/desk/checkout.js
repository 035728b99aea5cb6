// @ts-check
/** The checkout: a basket, a card that one picks, a terminal or a web shop; then what can be done with the payment. */
import { directionGlyph, icon } from "../../icons.js";
import { amount, minorUnits, money } from "../../money.js";
import { institutionName } from "../../names.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { basketOf } from "./goods.js";
import { ask, badge, cardOf, choice, get, of, problemBox, shown, soon, touched, typedAs, world } from "./state.js";

export const sale = {
  merchant: "mch_blue_door_books",
  counts: [1, 1, 0],
  card: "card_nora_patel",
  entry: "contactless",
  capture: "later",
  /** What was typed on the terminal in place of the basket's total, in minor units. */
  typed: "",
  /** Which of the four the keypad types: amount, number, expiry, cvv. */
  asks: "amount",
  number: "", expiry: "", cvv: "",
  part: "",
  everyCard: false,
  busy: false,
  /** @type {import("./state.js").Problem | null} */ problem: null,
  /** @type {any} the payment made last */ made: null,
  /** @type {any[]} */ refunds: [],
};

/** @type {[string, string][]} */
export const ENTRIES = [["contactless", "Tap"], ["chip", "Chip"], ["swipe", "Swipe"], ["keyed", "Keyed"], ["online", "Online"]];
const PROMPTS = { contactless: "Tap the card", chip: "Insert the card", swipe: "Swipe the card", keyed: "Amount, then OK", online: "" };

const merchant = () => world.merchants.find((each) => each.id === sale.merchant) ?? world.merchants[0];
export const saleCurrency = () => merchant()?.currency ?? "USD";
const typedCard = () => (sale.entry === "keyed" || sale.entry === "online") && (sale.number || sale.expiry || sale.cvv);

/** What is to be paid. */
export const due = () => sale.typed ? Number(sale.typed) : basketOf(merchant(), sale.counts).total;

/** The order as the API takes it. */
export function saleOrder() {
  const typed = { number: sale.number.replaceAll(" ", ""), ...(sale.expiry ? { expiry: sale.expiry } : {}), ...(sale.cvv ? { cvv: sale.cvv } : {}) };
  return {
    merchant: merchant()?.id ?? sale.merchant, amount: due(), currency: saleCurrency(),
    card: { ...(typedCard() ? typed : { id: sale.card }), entry_mode: sale.entry },
    ...(sale.capture === "now" ? { capture: true } : {}),
  };
}

async function pay() {
  shown.side = "sale";
  const made = await ask(sale, "POST", "/v1/payments", saleOrder(), { key: shown.key });
  if (made) Object.assign(sale, { made, refunds: [], part: "", number: "", expiry: "", cvv: "", asks: "amount" });
  if (made) say(`${verdict(made).word}. ${verdict(made).why}`);
  redraw();
}

/** @param {string} path @param {any} [body] */
async function act(path, body) {
  if (await ask(sale, "POST", path, body)) sale.part = "";
  await look();
  redraw();
}

/** Read the payment anew: something happened to it. */
async function look() {
  const id = sale.made?.id;
  if (!id) return;
  const [made, refunds] = await Promise.all([get(`/v1/payments/${id}`), get(`/v1/refunds?payment=${id}`)]);
  if (made && sale.made?.id === id) Object.assign(sale, { made, refunds: refunds?.data ?? [] });
}

/** Any payment, to be captured, voided or refunded here. @param {string} id */
export async function takeUpSale(id) {
  const made = await get(`/v1/payments/${encodeURIComponent(id)}`);
  if (!made) return false;
  Object.assign(sale, { made, merchant: made.merchant, refunds: [], part: "", problem: null });
  await look();
  return true;
}

const lookSoon = soon(look);

/** @param {import("../../feed.js").SandboxEvent[]} events */
export const saleHeard = (events) => { if (events.some((each) => each.reference === sale.made?.reference)) lookSoon() };

/** What was typed as a part of the payment: an amount if it is one, else as it is, for the API to judge. */
const part = () => sale.part.trim() === "" ? {} : { amount: minorUnits(sale.part, sale.made.currency) ?? sale.part };

/** @type {Record<string, (arg: string, element: any) => void>} */
export const saleActions = {
  merchant: (_, { value }) => { Object.assign(sale, { merchant: value, counts: [1, 1, 0], typed: "", made: null, refunds: [] }); touched("sale") },
  count: (arg) => {
    const [n, by] = arg.split(" ").map(Number);
    sale.counts[n] = Math.max(0, (sale.counts[n] ?? 0) + by);
    sale.typed = "";
    touched("sale");
  },
  entry: (arg) => { Object.assign(sale, { entry: arg, asks: "amount", number: "", expiry: "", cvv: "" }); touched("sale") },
  capture: (arg) => { sale.capture = arg; touched("sale") },
  card: (arg) => { Object.assign(sale, { card: arg, number: "", expiry: "", cvv: "" }); touched("sale") },
  everyCard: () => { sale.everyCard = !sale.everyCard },
  number: (_, { value }) => { sale.number = value; touched("sale") },
  expiry: (_, { value }) => { sale.expiry = value; touched("sale") },
  cvv: (_, { value }) => { sale.cvv = value; touched("sale") },
  pad: (arg) => press(arg),
  pay: () => void pay(),
  part: (_, { value }) => { sale.part = value },
  takeIt: () => void act(`/v1/payments/${sale.made.id}/capture`, part()),
  takePart: () => void act(`/v1/payments/${sale.made.id}/capture`, { ...part(), final: false }),
  letGo: () => void act(`/v1/payments/${sale.made.id}/void`),
  giveBack: () => void act("/v1/refunds", { payment: sale.made.id, ...part() }),
  nextSale: () => { Object.assign(sale, { made: null, refunds: [], typed: "", problem: null }); touched("sale") },
};

/** A key of the terminal. @param {string} key a digit, `clear`, `back` or `ok` */
function press(key) {
  if (key === "ok") return void confirm();
  touched("sale");
  const field = /** @type {"typed" | "number" | "expiry" | "cvv"} */ (sale.asks === "amount" ? "typed" : sale.asks);
  const text = sale[field];
  const most = { typed: 12, number: 19, expiry: 5, cvv: 4 }[field];
  if (key === "clear") sale[field] = "";
  else if (key === "back") sale[field] = text.slice(0, -1);
  else if (text.length < most) sale[field] = field === "expiry" && text.length === 2 ? `${text}/${key}` : text + key;
  if (field === "typed") sale.typed = sale.typed.replace(/^0+/, "");
  if (sale.made) Object.assign(sale, { made: null, refunds: [] });
}

/** The OK key: goes on to the card's number if one is keyed in, or asks for the money. */
function confirm() {
  const steps = ["amount", "number", "expiry", "cvv"];
  const next = sale.entry === "keyed" ? steps[steps.indexOf(sale.asks) + 1] : undefined;
  if (next === undefined || (sale.asks === "number" && !sale.number)) void pay();
  else sale.asks = next;
}

/** The keyboard types on the terminal while it has the focus. @param {KeyboardEvent} event */
export function saleKey(event) {
  if (!(event.target instanceof Element && event.target.closest(".d-term"))) return;
  const key = /^\d$/.test(event.key) ? event.key : { Backspace: "back", Escape: "clear" }[event.key];
  if (!key) return;
  event.preventDefault();
  press(key);
  redraw();
}

// ── what is seen ──

/** What the terminal says of a payment. @param {any} made */
function verdict(made) {
  if (made.status === "declined") return { word: "Declined", code: made.decline.code, why: `${made.decline.reason.replaceAll("_", " ")}, says ${institutionName(made.decline.by)}`, good: false };
  if (made.status === "failed") return { word: "No answer", code: "", why: "nobody answered: it is reversed", good: false };
  if (made.status === "pending") return { word: "Waiting", code: "", why: "", good: false };
  return { word: made.status === "voided" ? "Voided" : made.status === "expired" ? "Expired" : "Approved", code: made.approval_code && !/^(voided|expired)$/.test(made.status) ? "00" : "", why: made.approval_code ? `code ${made.approval_code}` : "", good: true };
}

/** @param {string} text */
const grouped = (text) => text.replace(/(\d{4})(?=\d)/g, "$1 ");

function display() {
  const asked = { number: ["Card number", grouped(sale.number) || `•••• ${cardOf(sale.card)?.number.slice(-4)}`], expiry: ["Expiry, MM/YY", sale.expiry || "--/--"], cvv: ["Security code", sale.cvv.replace(/./g, "•") || "---"] }[sale.asks];
  if (sale.busy) return html`<b>${money(due(), saleCurrency())}</b><span>Asking …</span>`;
  if (asked) return html`<b class="d-small">${asked[1]}</b><span>${asked[0]}${sale.asks === "number" && !sale.number && html` (OK: the card picked)`}</span>`;
  if (sale.made && sale.made.card.entry_mode !== "online") {
    const { word, code, why, good } = verdict(sale.made);
    return html`<b class="${good ? "d-yes" : "d-no"}">${word}${code && html` <code>${code}</code>`}</b><span>${why}</span><span>${money(sale.made.amount, sale.made.currency)}</span>`;
  }
  return html`<b>${money(due(), saleCurrency())}</b><span>${PROMPTS[/** @type {"chip"} */ (sale.entry)]}</span>${sale.entry === "contactless" && icon("tap")}`;
}

const terminal = () => html`<div class="d-term" role="group" aria-label="Card terminal" data-key="terminal"><div class="d-scr" role="status">${display()}</div>
<div class="d-keys">${["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "back"].map((each) => html`<button type="button" data-key="${each}" data-do="pad" data-arg="${each}" ${{ clear: html`class="d-x" aria-label="Clear"`, back: html`class="d-y" aria-label="Back"` }[each]}>${{ clear: "×", back: "‹" }[each] ?? each}</button>`)}
<button type="button" class="d-o" data-key="ok" data-do="pad" data-arg="ok">OK</button></div><div class="d-slot"></div></div>`;

/** @param {string} name @param {string} label @param {string} value @param {string} hint */
const field = (name, label, value, hint) => html`<label data-key="${name}">${label}<input data-do="${name}" value="${value}" placeholder="${hint}" autocomplete="off" inputmode="numeric" spellcheck="false"></label>`;

function webShop() {
  const card = cardOf(sale.card);
  const result = sale.made?.card.entry_mode === "online" && verdict(sale.made);
  return html`<form class="d-web" id="web" data-do="pay" data-key="web" aria-label="Online checkout" novalidate><div class="d-bar"><i></i><i></i><i></i><span>${(merchant()?.name ?? "").toLowerCase().replaceAll(" ", "-")}.example</span></div>
<div class="d-fields">${field("number", "Card number", sale.number, `•••• ${card?.number.slice(-4) ?? ""}`)}<div>${field("expiry", "Expiry", sale.expiry, card?.expiry ?? "MM/YY")}${field("cvv", "CVV", sale.cvv, "•••")}</div>
<p class="kicker">${result ? html`<b class="${result.good ? "d-yes" : "d-no"}">${result.word} ${result.code}</b> ${result.why}` : typedCard() ? "As typed." : html`Left empty: ${of(card?.holder ?? "the")} card, on file.`}</p></div></form>`;
}

function basket() {
  const { lines, taxes, total } = basketOf(merchant(), sale.counts);
  const unit = saleCurrency();
  return html`<div class="d-basket" data-key="basket"><ul>${lines.map(({ name, kind, price, count }, n) => html`<li data-key="${n}" class="${!count && "d-none"}"><span>${name}</span><span class="d-many"><button type="button" data-do="count" data-arg="${n} -1" aria-label="One ${name} less" ${!count && html`disabled`}>−</button><b aria-label="${count} in the basket">${count}</b><button type="button" data-do="count" data-arg="${n} 1" aria-label="One ${name} more">+</button><em>${kind}</em></span><b>${amount(price * (count || 1), unit)}</b></li>`)}
${taxes > 0 && html`<li data-key="tax"><span>Sales tax</span><b>${amount(taxes, unit)}</b></li>`}${sale.typed && html`<li data-key="typed"><span>Typed on the terminal</span><b>${amount(Number(sale.typed), unit)}</b></li>`}
<li class="d-tot" data-key="total"><span>Total</span><b>${money(sale.typed ? Number(sale.typed) : total, unit)}</b></li></ul>
${choice("Take the money", [["later", "Later"], ["now", "Now"]], sale.capture, "capture")}</div>`;
}

/** @param {any} made */
function receipt(made) {
  const unit = made.currency;
  const left = made.amount - made.captured_amount;
  const open = made.status === "authorized";
  const back = made.captured_amount - made.refunded_amount;
  return html`<div class="d-receipt" data-key="receipt"><div class="d-paper ${!verdict(made).good && "d-bad"}"><header><b>${world.merchants.find((each) => each.id === made.merchant)?.name}</b>${badge(made.status)} <span>${verdict(made).good ? verdict(made).why : `${verdict(made).code} ${made.decline?.reason.replaceAll("_", " ") ?? verdict(made).why}`}</span></header>
<dl>${[["Amount", money(made.amount, unit)], ["Card", `•••• ${made.card.masked.slice(-4)}`], ["Reference", made.reference], ...(made.captured_amount ? [["Captured", money(made.captured_amount, unit)]] : []), ...(made.refunded_amount ? [["Refunded", money(made.refunded_amount, unit)]] : [])].map(([name, value]) => html`<div data-key="${name}"><dt>${name}</dt><dd>${value}</dd></div>`)}
${sale.refunds.map((each) => html`<div data-key="${each.id}"><dt>Refund</dt><dd>${money(each.amount, unit)} ${each.status}</dd></div>`)}</dl>
${(open || back > 0) && html`<label class="d-part">Part of it<input data-do="part" value="${sale.part}" placeholder="${amount(open ? left : back, unit)}" inputmode="decimal" autocomplete="off"></label>
<div class="d-acts">${open && html`<button type="button" class="btn ghost" data-key="capture" data-do="takeIt">Capture</button><button type="button" class="btn ghost" data-key="keep" data-do="takePart" title="Capture, and keep the rest of the hold for later">Capture, keep rest</button>`}${open && !made.captured_amount && html`<button type="button" class="btn ghost" data-key="void" data-do="letGo">Void</button>`}${back > 0 && html`<button type="button" class="btn ghost" data-key="refund" data-do="giveBack">Refund</button>`}</div>`}
<a href="/p/${made.id}">Watch it in the theatre</a></div><button type="button" class="btn ghost" data-do="nextSale">New sale</button></div>`;
}

/** What a test card does, in a word, and the code it is declined with. @param {import("./state.js").TestCard} card */
export function behaviour({ does }) {
  const code = /\(([0-9A-Z]{2})\)/.exec(does)?.[1] ?? "";
  const declined = /^declined,? ?([a-z_]*)/.exec(does);
  if (declined) return { word: declined[1].replaceAll("_", " ").replace("insufficient funds", "no funds") || "declined", code };
  if (/^a push is paid/.test(does)) return { word: code ? "push only" : "approved", code: code || "00" };
  const limit = /^approved up to (?:the credit limit \()?([\d,.]+ [A-Z]{3})/.exec(does);
  const silent = /issuer_unavailable/.test(does);
  const only = /^approved in ([A-Z]{3})/.exec(does);
  return { word: limit ? `up to ${limit[1].replace(/\.00 [A-Z]+/, "")}` : silent ? "bank can be silent" : only ? `${only[1]} only` : "approved", code: only || silent || !code ? "00" : code };
}

/** @param {import("./state.js").TestCard} card */
function plastic(card) {
  const { word, code } = behaviour(card);
  const hue = [...card.id].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 360, 7);
  const known = ["card_nora_patel", "card_liam_ortiz", "card_mei_tanaka", "card_omar_diallo"].indexOf(card.id);
  return html`<label data-key="${card.id}" title="${card.does}"><input type="radio" name="card" data-do="card" data-arg="${card.id}" ${card.id === sale.card && html`checked`}><span class="d-pc ${known >= 0 && `d-k${known}`}" css="--h:${hue}"><span class="d-r"><span>${card.holder}</span><i class="d-chip"></i></span><b>•••• ${card.number.slice(-4)}</b></span><em><span>${word}</span><code>${code}</code></em></label>`;
}

/** @returns {import("../../template.js").Markup} */
export function saleView() {
  const people = world.cards.filter((each) => sale.everyCard || each.id === sale.card || !/^card_(visa|test|mc)_/.test(each.id));
  const card = cardOf(sale.card);
  const verb = { contactless: "Tap", chip: "Insert", swipe: "Swipe", keyed: "Key in", online: "Pay with" }[sale.entry];
  const whose = typedCard() ? "the card typed" : `${card ? of(card.holder) : "the"} card`;
  return html`<section class="panel d-card" aria-labelledby="sale-title" data-key="sale"><header>${directionGlyph("pull")}<div><h2 id="sale-title"><label class="sr" for="shop">Shop</label><select id="shop" data-do="merchant">${world.merchants.map((each) => html`<option value="${each.id}" ${each.id === sale.merchant && html`selected`}>${each.name}</option>`)}</select> checkout</h2><p>Pull: the shop asks ${card ? of(card.holder) : "the"} bank for the money</p></div></header>
<div class="d-shop ${sale.entry === "online" && "d-online"}" data-key="shop">${sale.made ? receipt(sale.made) : basket()}${sale.entry === "online" ? webShop() : terminal()}</div>
<fieldset data-key="cards"><legend>Pick a card: each one behaves its own way</legend><div class="d-tray">${people.map(plastic)}</div>
<p class="d-does"><span>${card && html`<b>${card.holder}</b>, ${institutionName(card.issuer)}: ${card.does}`}</span><button type="button" data-do="everyCard" aria-pressed="${sale.everyCard}">${sale.everyCard ? "Fewer cards" : `All ${world.cards.length} cards`}</button></p></fieldset>
${choice("How it is read", ENTRIES, sale.entry, "entry")}
<div class="d-go">${problemBox(sale.problem, "sale", typedAs(saleCurrency()))}<button class="btn d-full" data-key="go" ${sale.entry === "online" ? html`form="web"` : html`data-do="pay"`} ${sale.busy && html`aria-disabled="true"`}>${sale.busy ? "Asking the bank …" : `${verb} ${whose} for ${money(due(), saleCurrency())}`}</button></div></section>`;
}

