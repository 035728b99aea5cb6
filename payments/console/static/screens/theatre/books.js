// @ts-check
/** The theatre's right half, below: what the message wrote, as T-accounts. */
import { parts, signOf, trialBalance } from "../../ledger.js";
import { amount } from "../../money.js";
import { accountWords } from "../../names.js";
import { books } from "../../taccounts.js";
import { html, part } from "../../template.js";
import { noteOf, partyOf, short } from "../../words.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Step} Step @typedef {import("../../story.js").Written} Written */
/** @typedef {import("../../taccounts.js").TAccount} TAccount @typedef {import("../../taccounts.js").Entry} Entry */

/** The accounts that tell a story best, by its kind: its customers', and what their banks owe and are owed. Each is
 * `role of the book, code, role of the owner`. @type {Record<string, string[]>} */
const PRINCIPAL = {
  payment: ["issuer cardholder cardholder", "issuer due_to_network", "acquirer due_from_network", "acquirer merchant_pending merchant", "acquirer merchant_available merchant"],
  disbursement: ["acquirer sender sender", "acquirer due_to_network", "issuer due_from_network", "issuer cardholder recipient"],
  funding: ["issuer cardholder cardholder", "issuer due_to_network", "acquirer due_from_network", "acquirer sender sender"],
  transfer: ["issuer cardholder cardholder", "acquirer transfers sender", "acquirer due_to_network", "recipient's-issuer cardholder recipient"],
};

/** Those that are only shown once something has been written there. */
const LATER = "merchant_available";

/** What kind of account it is, as long as nobody has opened it. @type {Record<string, string>} */
const KINDS = { due_from_network: "asset" };

/** @param {Told} told @param {number} n */
export function booksView(told, n) {
  const all = new Map(books(told, n).map((each) => [each.id, each]));
  const first = principal(told).map((id) => all.get(id) ?? untouched(id)).filter((each) => each.code !== LATER || isTouched(each, n));
  const shown = new Set(first.map((each) => each.id));
  const rest = [...all.values()].filter((each) => !shown.has(each.id) && each.touched);
  return html`<section class="panel books" data-key="books" aria-label="Books"><header><h2>Books this story touches</h2>${check(told, n)}</header>${part(journal(told, told.steps[n - 1]))}
<div class="taccts">${first.map((each) => tAccount(told, each))}</div>${rest.length > 0 && html`<details class="rest" data-key="rest"><summary>${rest.length} more ${rest.length === 1 ? "account" : "accounts"}</summary><div class="taccts">${rest.map((each) => tAccount(told, each))}</div></details>`}</section>`;
}

/** Has any of the first n steps touched an account? @param {TAccount} account @param {number} n */
const isTouched = ({ touched }, n) => touched > 0 && touched <= n;

/** The ids of the accounts that tell a story best. @param {Told} told */
function principal({ story }) {
  const issuers = story.parties.filter((each) => each.role === "issuer");
  const id = (/** @type {string} */ role) => (role === "recipient's-issuer" ? issuers.at(-1) : partyOf(story, role))?.id ?? "";
  return (PRINCIPAL[story.kind] ?? []).flatMap((each) => {
    const [book, code, owner] = each.split(" ");
    const whose = owner ? id(owner) : "";
    if (!id(book) || (owner && (!whose || whose.startsWith("card.")))) return []; // nobody knows whose account it would be
    return [id(book), code, story.currency, ...(owner ? [whose] : [])].join(".");
  });
}

/** An account on which nothing stands. @param {string} id @returns {TAccount} */
const untouched = (id) => ({ id, ...parts(id), name: "", kind: KINDS[parts(id).code] ?? "liability", open: 0, debit: [], credit: [], held: 0, heldBefore: 0, others: 0, holdHit: false, hit: false, touched: 0, balance: 0, guarded: false });

/** Do the debits of all that was written so far equal the credits, in every book? @param {Told} told @param {number} n */
function check({ story, balances }, n) {
  const houses = [...new Set(Object.values(story.accounts).map((each) => each.book))];
  const wrong = houses.flatMap((each) => Object.entries(trialBalance(balances[n], each).out)).find(([, out]) => out !== 0);
  return html`<span class="zero ${wrong && "out"}">${wrong ? `out by ${amount(wrong[1], wrong[0])}` : "debits = credits"}</span>`;
}

// ── what the message wrote ──

/** @type {Record<string, string>} */
const SOFT = { hold: "holds", release: "lets go", expire: "lets go" };

/** @param {Told} told @param {Step | undefined} step */
function journal({ story }, step) {
  const written = step?.written.filter((each) => each.part) ?? [];
  if (!step || !written.length) return html`<div data-key="journal" class="journal">${nothingWritten(step)}</div>`;
  const houses = [...new Set(written.map((each) => each.book))];
  const name = (/** @type {string} */ id) => short(story.parties.find((each) => each.id === id)?.name ?? id);
  return html`<div data-key="journal" class="journal hit">${houses.map((house) => html`<p data-key="${house}"><b>${name(house)} writes</b> ${written.filter((each) => each.book === house).map(line)}</p>`)}${
    written.every((each) => each.kind === "hold") && html`<p>A hold is a note beside the books. Nothing is booked.</p>`}</div>`;
}

/** @param {Step | undefined} step */
function nothingWritten(step) {
  if (step?.shape === "money") return "It is part of the one entry that the settlement bank writes for all.";
  return step?.message || step?.notice ? "This message writes nothing in any book." : "Nothing is written in any book.";
}

/** @param {Written} written */
function line({ kind, purpose, part: own, amount: all, currency }) {
  const soft = SOFT[kind];
  return html`<span class="wr ${soft && "soft"}">${soft && html`<i>${soft}</i> `}${noteOf(purpose)} <code>${amount(own, currency)}</code>${own !== all && html` <small>of ${amount(all, currency)}</small>`}</span>`;
}

// ── one account ──

/** @param {Told} told @param {TAccount} account */
function tAccount(told, account) {
  const { id, currency, balance, held, heldBefore, debit, credit, code } = account;
  const { title, own, role } = accountWords(account, told.story.parties);
  const onDebitSide = signOf(account.kind) > 0;
  const empty = !debit.length && !credit.length && !account.open && !held && !heldBefore;
  const available = code === "cardholder" && !onDebitSide || code === "sender";
  const opened = account.guarded && account.open !== 0 && entry("open", account.open, currency);
  const others = account.others !== 0 && entry("others", Math.abs(account.others), currency, "others");
  const othersOnDebit = (account.others > 0) === onDebitSide;
  return part(html`<article data-key="${id}" class="ta ${(account.hit || account.holdHit) && "hit"} ${empty && "empty"} p-${role}"><h3><i class="dot"></i><a href="/books/${id}">${title}</a></h3><div class="own">${own}</div><div class="tt"><div><div class="h">Debit</div>${
    heldBefore > 0 && entry("others", heldBefore, currency, "hold before")}${held > 0 && entry("held", held, currency, account.holdHit ? "hold hit" : "hold")}${onDebitSide && opened}${entries(account, debit)}${othersOnDebit && others}</div><div><div class="h">Credit</div>${
    !onDebitSide && opened}${entries(account, credit)}${!othersOnDebit && others}</div></div><footer><span>Balance <b>${amount(balance, currency)}</b></span>${
    available && html`<span>Available <b>${amount(balance - held - heldBefore, currency)}</b></span>`}</footer></article>`);
}

/** @param {TAccount} account @param {Entry[]} written */
function entries({ hit, debit, credit, currency }, written) {
  const newest = Math.max(...[...debit, ...credit].map((each) => each.n));
  return written.map((each) => entry(each.note, each.amount, currency, hit && each.n === newest ? "hit" : ""));
}

/** @param {string} note @param {number} sum @param {string} currency @param {string} [look] */
const entry = (note, sum, currency, look = "") => html`<div class="en ${look}"><span>${note}</span><b>${amount(sum, currency)}</b></div>`;
