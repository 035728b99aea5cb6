// @ts-check
/** The theatre's right half, below: what the message wrote, as T-accounts. */
import { amount } from "../money.js";
import { accountWords } from "../names.js";
import { books } from "../story.js";
import { html } from "../template.js";
import { noteOf, short } from "../words.js";

/** @typedef {import("../story.js").Told} Told @typedef {import("../story.js").TAccount} TAccount @typedef {import("../story.js").Step} Step */

const OF_KIND = { cardholder: "liability", due_to_network: "liability", due_from_network: "asset", merchant_pending: "liability", merchant_available: "liability", sender: "liability", transfers: "liability" };

/** The accounts that tell a story best: its customers', and what their banks owe and are owed. @param {Told} told @returns {[string, string, string][]} */
function principal({ story, lanes }) {
  const id = (/** @type {string} */ role) => lanes.find((each) => each.role === role)?.id ?? "";
  const issuers = lanes.filter((each) => each.role === "issuer").map((each) => each.id);
  if (story.kind === "payment") return [[issuers[0], "cardholder", id("cardholder")], [issuers[0], "due_to_network", ""], [id("acquirer"), "due_from_network", ""], [id("acquirer"), "merchant_pending", id("merchant")], [id("acquirer"), "merchant_available", id("merchant")]];
  if (story.kind === "disbursement") return [[id("acquirer"), "sender", id("sender")], [id("acquirer"), "due_to_network", ""], [issuers[0], "due_from_network", ""], [issuers[0], "cardholder", id("recipient")]];
  if (story.kind === "funding") return [[issuers[0], "cardholder", id("cardholder")], [issuers[0], "due_to_network", ""], [id("acquirer"), "due_from_network", ""], [id("acquirer"), "sender", id("sender")]];
  if (story.kind === "transfer") return [[issuers[0], "cardholder", id("cardholder")], [id("acquirer"), "transfers", id("sender")], [id("acquirer"), "due_to_network", ""], [issuers.at(-1) ?? "", "cardholder", id("recipient")]];
  return [];
}

/** @param {Told} told @param {number} n */
export function booksView(told, n) {
  const all = new Map(books(told, n).map((each) => [each.id, each]));
  const step = told.steps[n - 1];
  const first = principal(told).flatMap(([book, code, owner]) => {
    const id = [book, code, told.story.currency, ...(owner ? [owner] : [])].join(".");
    if (!book || /^card\./.test(owner) || (code === "merchant_available" && !all.has(id))) return [];
    return [all.get(id) ?? untouched(id, book, code, owner, told)];
  });
  const ids = new Set(first.map((each) => each.id));
  const rest = [...all.values()].filter((each) => !ids.has(each.id) && each.touched);
  return html`<section class="panel books" data-key="books" aria-label="Books"><header><h2>Books this story touches</h2>${check(told, n)}</header>${journal(told, step)}
<div class="taccts">${first.map((each) => tAccount(told, each))}</div>${rest.length > 0 && html`<details class="rest" data-key="rest"><summary>${rest.length} more accounts</summary><div class="taccts">${rest.map((each) => tAccount(told, each))}</div></details>`}</section>`;
}

/** @param {string} id @param {string} book @param {string} code @param {string} owner @param {Told} told @returns {TAccount} */
const untouched = (id, book, code, owner, told) => ({ id, book, code, owner, name: "", kind: OF_KIND[/** @type {"sender"} */ (code)], currency: told.story.currency, open: 0, debit: [], credit: [], held: 0, heldBefore: 0, others: 0, holdHit: false, hit: false, touched: 0, balance: 0, guarded: false });

/** Do the debits of all that was written so far equal the credits? @param {Told} told @param {number} n */
function check(told, n) {
  let out = 0;
  for (const step of told.steps.slice(0, n)) for (const each of step.lines) if (each.kind === "transfer" || each.kind === "post") out += each.side === "debit" ? each.amount : -each.amount;
  return html`<span class="zero ${out && "out"}">${out ? `out by ${amount(out, told.story.currency)}` : "debits = credits"}</span>`;
}

/** @param {Told} told @param {Step | undefined} step */
function journal(told, step) {
  const written = step?.written.filter((each) => each.part) ?? [];
  if (!written.length) return html`<div class="journal" data-key="journal">${step?.shape === "money" ? "It is part of the one entry that the settlement bank writes for all." : step?.message || step?.notice ? "This message writes nothing in any book." : "Nothing is written in any book."}</div>`;
  const books = [...new Set(written.map((each) => each.book))];
  const how = { hold: "holds", release: "lets go", expire: "lets go", post: "", transfer: "" };
  return html`<div class="journal hit" data-key="journal">${books.map((book) => html`<p data-key="${book}"><b>${short(told.story.parties.find((each) => each.id === book)?.name ?? book)} writes</b> ${written.filter((each) => each.book === book).map((each) => html`<span class="wr ${how[/** @type {"hold"} */ (each.kind)] && "soft"}">${how[/** @type {"hold"} */ (each.kind)] && html`<i>${how[/** @type {"hold"} */ (each.kind)]}</i> `}${noteOf(each.purpose)} <code>${amount(each.part, each.currency)}</code>${each.part !== each.amount && html` <small>of ${amount(each.amount, each.currency)}</small>`}</span>`)}</p>`)}${written.every((each) => each.kind === "hold") && html`<p>A hold is a note beside the books. Nothing is booked.</p>`}</div>`;
}

/** @param {Told} told @param {TAccount} account */
function tAccount(told, account) {
  const { title, own, role } = accountWords(account, told.story.parties);
  const sum = (/** @type {number} */ minor) => amount(minor, account.currency);
  const debitSide = account.kind === "asset" || account.kind === "expense";
  const now = Math.max(0, ...account.debit.map((each) => each.n), ...account.credit.map((each) => each.n));
  const entry = (/** @type {import("../story.js").Entry} */ each) => html`<div class="en ${account.hit && each.n === now && "hit"}"><span>${each.note}</span><b>${sum(each.amount)}</b></div>`;
  const opened = account.guarded && account.open !== 0 ? html`<div class="en"><span>open</span><b>${sum(account.open)}</b></div>` : null;
  const inside = (account.others > 0) === debitSide ? "debit" : "credit";
  const others = account.others ? html`<div class="en others"><span>others</span><b>${sum(Math.abs(account.others))}</b></div>` : null;
  const empty = !account.debit.length && !account.credit.length && !account.open && !account.held && !account.heldBefore;
  const available = account.code === "cardholder" && !debitSide || account.code === "sender";
  return html`<article class="ta ${(account.hit || account.holdHit) && "hit"} ${empty && "empty"} p-${role}" data-key="${account.id}"><h3><i class="dot"></i><a href="/books/${account.id}">${title}</a></h3><div class="own">${own}</div><div class="tt"><div><div class="h">Debit</div>${account.heldBefore > 0 && html`<div class="en hold before"><span>others</span><b>${sum(account.heldBefore)}</b></div>`}${account.held > 0 && html`<div class="en hold ${account.holdHit && "hit"}"><span>held</span><b>${sum(account.held)}</b></div>`}${debitSide && opened}${account.debit.map(entry)}${inside === "debit" && others}</div><div><div class="h">Credit</div>${!debitSide && opened}${account.credit.map(entry)}${inside === "credit" && others}</div></div><footer><span>Balance <b>${sum(account.balance)}</b></span>${available && html`<span>Available <b>${sum(account.balance - account.held - account.heldBefore)}</b></span>`}</footer></article>`;
}
