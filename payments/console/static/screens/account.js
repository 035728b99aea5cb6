// @ts-check
/** The screen of one account: how it stands, and what moved on it, newest first, with the balance after each line. */
import { call } from "../api.js";
import { callActions, callBox } from "../calls.js";
import { accountOf, day, keep, letGo } from "../day.js";
import { bookedWords } from "../event_words.js";
import { feed } from "../feed.js";
import { icon } from "../icons.js";
import { amount } from "../money.js";
import { accountWords } from "../names.js";
import { redraw } from "../page.js";
import { html } from "../template.js";
import { date, second } from "../times.js";

const PAGE = 50;

/** @typedef {{ entry: string, event: string, kind: string, amount: number, balance: number, currency: string, other_account: string,
 *   purpose: string, reference: string, at: string }} Line */

const state = {
  id: "",
  /** @type {Line[]} */
  lines: [],
  /** Where the next page begins; null at the end. @type {string | null} */
  next: null,
  status: 0,
  busy: false,
  /** Up to which event the lines are read. */
  read: 0,
};

/** @type {(() => void) | null} */
let stop = null;
let visit = 0;
let waiting = 0;

const path = (/** @type {string | null} */ after) => `/v1/ledger/accounts/${state.id}/statement?limit=${PAGE}${after ? `&after=${after}` : ""}`;

/** Read the newest page, or the one after the last line. @param {boolean} more */
async function load(more) {
  const mine = visit;
  state.busy = true;
  redraw();
  const { status, body } = await call("GET", path(more ? state.next : null));
  if (mine !== visit) return;
  state.busy = false;
  state.status = status;
  if (status === 200) {
    const known = more ? state.lines : [];
    state.lines = more ? [...known, ...body.data] : keepOlder(body.data);
    if (more || state.lines.length === body.data.length) state.next = body.next;
  }
  redraw();
}

/** New lines in front of those one has read already, if they meet. @param {Line[]} fresh */
function keepOlder(fresh) {
  const [newest] = state.lines;
  const met = newest ? fresh.findLastIndex((each) => same(each, newest)) : -1;
  return met < 0 ? fresh : [...fresh.slice(0, met), ...state.lines];
}

/** @param {Line} one @param {Line} other */
const same = (one, other) => one.entry === other.entry && one.kind === other.kind && one.purpose === other.purpose && one.amount === other.amount && one.balance === other.balance;

/** @param {string} topic @param {import("../feed.js").SandboxEvent[]} events */
function listen(topic, events) {
  const touched = topic === "run" || events.some((each) => each.type.startsWith("money.") && each.data.transfers.some((/** @type {string[]} */ [, debit, credit]) => debit === state.id || credit === state.id));
  if (!touched || waiting) return;
  waiting = setTimeout(() => { waiting = 0; void load(false) }, 200);
}

// ── what it shows ──

/** @param {string} text */
const words = (text) => text.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
/** @type {Record<string, string>} */
const MARKS = { hold: "held", release: "let go", expire: "expired, let go", post: "from what was held" };

/** @param {Line} line @param {string} side */
function row(line, side) {
  const { kind, currency } = line;
  const promise = kind === "hold" || kind === "release" || kind === "expire";
  const debit = (line.amount > 0) === (side === "debit");
  const figure = amount(Math.abs(line.amount), currency);
  const mark = MARKS[kind];
  const time = Date.parse(line.at);
  const other = accountOf(line.other_account);
  const shown = promise ? html`<span class="promised">${figure} ${mark}</span>` : figure;
  return html`<tr class="${promise && "promise"}" data-key="${line.entry} ${line.kind} ${line.purpose} ${line.other_account} ${line.balance}"><td class="t"><time datetime="${line.at}">${second(time)}<small>${date(time)}</small></time></td>
<th scope="row">${bookedWords(line.event)}<small>${words(line.purpose)}${!promise && mark && `, ${mark}`}</small></th>
<td class="with"><a href="/books/${line.other_account}">${other.name}</a></td><td class="n" data-label="Debit">${debit && shown}</td><td class="n" data-label="Credit">${!debit && shown}</td><td class="n b" data-label="Balance">${amount(line.balance, currency)}</td>
<td class="go">${line.reference && html`<a href="/p/${line.reference}" title="Watch it in the theatre" aria-label="Watch ${line.reference} in the theatre">${icon("play")}</a>`}</td></tr>`;
}

function figures() {
  const account = accountOf(state.id);
  const standing = day.now.balances[state.id];
  if (!standing) return null;
  const own = account.kind === "asset" || account.kind === "expense" ? 1 : -1;
  const ledger = own * (standing.debits - standing.credits) || 0;
  const held = own > 0 ? standing.held_credits : standing.held_debits;
  return html`<dl class="panel figures" data-key="figures"><div><dt>Balance</dt><dd>${amount(ledger, account.currency)}</dd></div>
<div><dt>Held</dt><dd>${held > 0 ? html`<span class="promised">${amount(held, account.currency)}</span>` : amount(0, account.currency)}</dd></div>
${account.owner && html`<div><dt>Left when every hold is honoured</dt><dd>${amount(ledger - held, account.currency)}</dd></div>`}
<div><dt>Debits, ever</dt><dd>${amount(standing.debits, account.currency)}</dd></div><div><dt>Credits, ever</dt><dd>${amount(standing.credits, account.currency)}</dd></div></dl>`;
}

function view() {
  const account = accountOf(state.id);
  const book = day.books.find((each) => each.id === account.book);
  if (state.status === 404) return html`<div class="account ready"><h1 class="screen">There is no such account</h1><p class="lead"><code>${state.id}</code> · <a href="/books">All books</a></p></div>`;
  if (!state.status || !day.ready) return html`<div class="account" data-account="${state.id}"><p class="boot" role="status">Opening the account …</p></div>`;
  const side = account.kind === "asset" || account.kind === "expense" ? "debit" : "credit";
  const owner = { id: account.owner, name: account.name.replace(/,.*$/, "") };
  const { own } = accountWords(account, [...day.books, owner]);
  return html`<div class="account ready" data-account="${state.id}"><nav class="crumbs" aria-label="Where this is"><a href="/books?currency=${account.currency}">Books</a> <span aria-hidden="true">›</span> ${book?.name ?? account.book}</nav>
<div class="hd p-${book?.role ?? "network"}"><i class="dot"></i><h1 class="screen">${account.name}</h1><span class="badge">${account.currency}</span>${account.kind && html`<span class="badge">${account.kind}</span>`}
<p>${own}. ${side === "debit" ? "Debits add to it." : "Credits add to it."} <code>${state.id}</code></p></div>
${figures()}
<section class="panel lines" aria-labelledby="lines"><header><h2 id="lines">Statement</h2><span>newest first</span></header>
${state.lines.length ? html`<table class="st"><thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col">With</th><th scope="col" class="n">Debit</th><th scope="col" class="n">Credit</th><th scope="col" class="n">Balance</th><th scope="col"><span class="sr">Theatre</span></th></tr></thead>
<tbody>${state.lines.map((each) => row(each, side))}</tbody></table>` : html`<p class="none">${state.status === 200 ? "Nothing has moved on this account." : "Reading …"}</p>`}
<footer>${state.next ? html`<button class="btn ghost" data-do="more" ${state.busy && html`disabled`}>Earlier lines</button>` : state.lines.length > 0 && html`<span>That is everything: ${state.lines.length} ${state.lines.length === 1 ? "line" : "lines"}.</span>`}
<details data-key="call"><summary>The call behind this</summary>${callBox({ method: "GET", path: path(null) })}</details></footer></section></div>`;
}

export default {
  title: "Account",
  /** @param {Record<string, string>} params */
  open({ account }) {
    keep();
    stop ??= feed.on(listen);
    visit += 1;
    Object.assign(state, { id: account, lines: [], next: null, status: 0, busy: false });
    void load(false);
  },
  close() {
    stop?.();
    stop = null;
    visit += 1;
    letGo();
  },
  view,
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: { ...callActions, more: () => { if (state.next && !state.busy) void load(true) } },
};
