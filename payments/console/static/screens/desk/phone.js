// @ts-check
/** The cardholder's phone: what their bank told them, and what its app shows; all of it as the API has it. */
import { feed } from "../../feed.js";
import { icon } from "../../icons.js";
import { money } from "../../money.js";
import { html } from "../../template.js";
import { cardOf, get, of, soon, world } from "./state.js";

export const phone = {
  /** Whose phone: that of the card touched last. */
  card: "card_nora_patel",
  /** @type {any[]} what is on it, newest first: notifications, and what is pending or declined */ notes: [],
  /** @type {any} */ balance: null,
  /** What came before somebody looked needs no drumroll. @type {Set<string>} */ old: new Set(),
  /** Whose account is shown. */ of: "",
};

/** Ids sort by time behind their prefix. @param {{ id: string }} each */
const moment = ({ id }) => id.slice(id.indexOf("_") + 1);

async function look() {
  const account = cardOf(phone.card)?.account;
  if (!account) return;
  const [told, moved, balance] = await Promise.all(["notifications?limit=8", "transactions?limit=8", "balance"].map((each) => get(`/v1/accounts/${account}/${each}`)));
  if (cardOf(phone.card)?.account !== account) return;
  const about = new Set((told?.data ?? []).map((/** @type {any} */ each) => each.reference));
  const notes = [...(told?.data ?? []), ...(moved?.data ?? []).filter((/** @type {any} */ each) => !about.has(each.reference))].sort((one, two) => moment(one) < moment(two) ? 1 : -1).slice(0, 8);
  if (phone.of !== account) phone.old = new Set(notes.map((each) => each.id));
  Object.assign(phone, { notes, balance, of: account });
}

const lookSoon = soon(look, 300);

/** Take this cardholder's phone. @param {string} card */
export function pickUp(card) {
  phone.card = card;
  lookSoon();
}

/** @param {import("../../feed.js").SandboxEvent[]} events */
export function phoneHeard(events) {
  const account = cardOf(phone.card)?.account ?? "";
  if (events.some((each) => each.data?.account === account || (/^(transaction|money)\./.test(each.type) && (each.type.startsWith("transaction.") || JSON.stringify(each.data).includes(account))))) lookSoon();
}

/** @type {Record<string, (arg: string, element: any) => void>} */
export const phoneActions = { phone: (_, { value }) => pickUp(value) };

const HOURS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

/** What a transaction is called, by its status, or by type and status. @type {Record<string, string>} */
const WORDS = { pending: "on hold", posted: "paid", reversed: "let go", expired: "let go", returned: "sent back", "refund posted": "given back", "original_credit posted": "received", "original_credit reversed": "taken back" };

/** What the bank's app says of what it sent no notification about. @param {any} each */
function entry(each) {
  const sum = money(each.amount, each.currency);
  const word = WORDS[`${each.type} ${each.status}`] ?? WORDS[each.status] ?? each.status.replaceAll("_", " ");
  return { title: `${sum} ${word}`, text: `${each.description}${each.decline ? `: ${each.decline.reason.replaceAll("_", " ")}` : ""}` };
}

/** @param {any} each */
function note(each) {
  const { title, text } = each.object === "notification" ? each : entry(each);
  return html`<li class="d-note ${each.object !== "notification" && "d-app"} ${!phone.old.has(each.id) && "d-new"}" data-key="${each.id}"><span>${icon(each.object === "notification" ? "bank" : "phone")}</span><div><b>${title}</b><p>${text}</p></div></li>`;
}

export function phoneView() {
  const card = cardOf(phone.card);
  const now = feed.now();
  const people = [...new Map(world.cards.map((each) => [each.account, each])).values()];
  return html`<div class="d-phone" data-key="phone"><label class="d-lab"><select data-do="phone" aria-label="Whose phone">${people.map((each) => html`<option value="${each.id}" ${each.account === card?.account && html`selected`}>${each.holder}</option>`)}</select><span aria-hidden="true">${card ? of(card.holder) : "The"} phone</span></label>
<div class="d-handset"><div class="d-lock"><div class="d-tm">${now ? HOURS.format(now) : "--:--"}</div><div class="d-dt">${now ? DAY.format(now).replace(/,? /, ", ") : ""}</div>
<p class="d-bal">${phone.balance ? html`Available <b>${money(phone.balance.available, phone.balance.currency)}</b><span>on hold <b>${money(phone.balance.held, phone.balance.currency)}</b></span>` : "…"}</p>
<ul class="d-notes" tabindex="0" aria-label="On ${card ? of(card.holder) : "the"} phone" aria-live="polite">${phone.notes.map(note)}${!phone.notes.length && html`<li class="d-none" data-key="none">Nothing yet</li>`}</ul></div></div></div>`;
}
