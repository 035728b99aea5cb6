// @ts-check
/** The screen “Books”: what everybody owns and owes, what is cleared between the members, and its settlement. */
import { call } from "../api.js";
import { callActions, callBox, callLine } from "../calls.js";
import { sheet } from "../chart.js";
import { microseconds, netting, windowAt } from "../clearing.js";
import { ranWords } from "../clock.js";
import { day, keep, letGo, momentAt } from "../day.js";
import { feed } from "../feed.js";
import { icon } from "../icons.js";
import { trialBalance } from "../ledger.js";
import { amount, exponent, money } from "../money.js";
import { redraw, say } from "../page.js";
import { positionsPlot } from "../plot.js";
import { html } from "../template.js";
import { date, hour, rfc3339, when } from "../times.js";
import { short } from "../words.js";

/** @typedef {import("../clearing.js").SettlementWindow} SettlementWindow */
/** @typedef {import("../clearing.js").Cleared} Cleared */

let currency = "USD";
/** Which window is looked at; the one that matters now, if none is chosen. @type {string | null} */
let chosen = null;
/** After which event we look at the books: null is now. @type {number | null} */
let at = null;
/** The last call made from here, and what came of it. @type {{ request: any, reply: any, status: number } | null} */
let done = null;
let busy = false;
/** What the server says of the same moment. @type {{ event: number, same: boolean, rows: number } | null} */
let checked = null;

const role = (/** @type {string} */ id) => day.books.find((each) => each.id === id)?.role ?? "network";
const bookName = (/** @type {string} */ id) => day.books.find((each) => each.id === id)?.name ?? id;
const networkBook = () => day.books.find((each) => each.role === "network") ?? { id: "", name: "the network", role: "network" };
const members = () => ["issuer", "acquirer"].flatMap((one) => day.books.filter((each) => each.role === one).sort((a, b) => order(a.id) - order(b.id)));
/** The members in the order of their numbers. @param {string} id */
const order = (id) => Number(feed.members.find((each) => each.id === id)?.code ?? 0);
const signed = (/** @type {number} */ minor) => minor > 0 ? `+${amount(minor, currency)}` : amount(minor, currency);
const ms = (/** @type {number | null} */ micro) => (micro ?? 0) / 1000;

/** The window to look at: the chosen one; else the oldest that waits for its settlement and has something in it; else the open one.
 * @param {import("../day.js").Moment} moment @returns {SettlementWindow | undefined} */
function lookedAt(moment) {
  const windows = listed(moment);
  const waiting = windows.find((each) => each.status === "closed" && Object.keys(each.cleared).length);
  return windows.find((each) => each.id === chosen) ?? waiting ?? windows.find((each) => each.status === "open") ?? windows.at(-1);
}

/** @param {import("../day.js").Moment} moment */
function listed(moment) {
  const now = at !== null ? microseconds(moment.at) : feed.clock.readAt ? feed.now() * 1000 : 0;
  if (now) windowAt(moment.windows, now); // one that is open by the clock, and of which nothing was said yet
  return Object.values(moment.windows).sort((one, other) => one.closes_at - other.closes_at);
}

/** @returns {Cleared} */
const nothingCleared = () => ({ count: 0, gross: 0, flows: {}, nets: {}, points: [], stride: 1 });

// ── the head: which window, and what to do with it ──

/** @param {SettlementWindow} window */
function story(window) {
  const closes = `${date(ms(window.closes_at))} ${hour(ms(window.closes_at))}`;
  const settles = window.settles_at ? `on ${when(ms(window.settles_at), 0)}` : "on the next business day";
  if (window.status === "settled") return html`This window is <b>settled</b>: the money has moved between the banks.`;
  if (window.status === "closed") return html`This window is <b>closed</b>. It is settled ${settles}, by the sandbox’s clock.`;
  return html`This window is <b>open</b>. It closes on ${closes} and is settled ${settles}, by the sandbox’s clock.`;
}

/** The calls behind the two buttons. @param {SettlementWindow} window */
const windTo = (window, /** @type {"closes_at" | "settles_at"} */ time) =>
  ({ method: "POST", path: "/v1/sandbox/clock/wind", body: { to: rfc3339(ms(window[time])) } });

/** @param {SettlementWindow} window */
function buttons(window) {
  if (at !== null) return html`<button class="btn" data-key="now" data-do="toNow">Back to now</button>`;
  const open = window.status === "open";
  const nowOpen = Object.values(day.now.windows).find((each) => each.status === "open");
  if (window.status === "settled") {
    return html`<button class="btn ghost" data-key="open" data-do="window" data-arg="${nowOpen?.id ?? ""}">Go to the open window</button>`;
  }
  const settle = html`<button class="btn" data-key="settle" data-do="settle" ${(busy || !window.settles_at) && html`disabled`} title="${JSON.stringify(windTo(window, "settles_at").body)}">${open ? "Close window and settle" : `Settle, ${when(ms(window.settles_at), feed.now())}`}</button>`;
  return open ? html`<button class="btn ghost" data-key="advance" data-do="advance" ${busy && html`disabled`} title="${JSON.stringify(windTo(window, "closes_at").body)}">Advance to ${when(ms(window.closes_at), feed.now())}</button>${settle}` : settle;
}

/** @param {SettlementWindow} window */
const theCalls = (window) => at === null && window.status !== "settled" && html`<details class="thecalls" data-key="calls"><summary>The calls behind these buttons</summary><div>
${window.status === "open" && html`<p>Advance: everything due on the way runs in order, the acquirers’ cut-off among it.</p>${callBox(windTo(window, "closes_at"), "advance")}`}
${window.settles_at && html`<p>Settle: the network nets the window, the settlement bank moves the money, every member books it.</p>${callBox(windTo(window, "settles_at"), "settle")}`}</div></details>`;

/** The call that was made, and what came of it. */
function theAnswer() {
  if (!done) return null;
  const said = done.status === 200 ? ranWords(done.reply.ran) : done.reply?.detail ?? done.reply?.title ?? "Nobody answers.";
  return html`<div class="panel told" data-key="told" role="status"><span class="badge ${done.status === 200 ? "ok" : "bad"}">${done.status || "no answer"}</span>
<div>${callLine(done.request)}<p>${said}</p></div><details data-key="form"><summary>as curl, Python, .http</summary>${callBox(done.request)}</details>
<button class="icon-btn" data-do="forget" aria-label="Close">${icon("cross")}</button></div>`;
}

/** @param {import("../day.js").Moment} moment @param {SettlementWindow} window */
function head(moment, window) {
  const wrong = day.books.flatMap(({ id, name }) => Object.entries(trialBalance(moment.balances, id).out).filter(([, out]) => out).map(([one, out]) => `${name}: ${amount(out, one)} ${one}`));
  const currencies = currenciesOf(moment);
  return html`<div class="hd" data-key="hd"><div class="what"><h1 class="screen">Books &amp; settlement</h1><p>${story(window)}</p></div>
<div class="acts">${wrong.length ? html`<span class="badge bad big" data-key="badge">Out of balance: ${wrong.join(", ")}</span>`
    : html`<span class="badge ok big" data-key="badge">Every book balances, ${amount(0, currency)} out</span>`}${buttons(window)}</div>
<div class="pick"><label>Window of <select data-do="window">${listed(moment).reverse().map((each) => html`<option value="${each.id}" ${each.id === window.id && html`selected`}>${date(ms(each.closes_at))}, ${each.status}</option>`)}</select></label>${theCalls(window)}
<div class="seg" role="group" aria-label="Currency">${currencies.map((each) => html`<button data-key="${each}" data-do="currency" data-arg="${each}" aria-pressed="${String(each === currency)}">${each}</button>`)}</div></div></div>`;
}

/** @param {import("../day.js").Moment} moment */
const currenciesOf = (moment) => [...new Set(Object.values(day.accounts).map((each) => each.currency))].sort((one, other) =>
  cleared(moment, other) - cleared(moment, one) || (one === "USD" ? -1 : other === "USD" ? 1 : one < other ? -1 : 1));

/** @param {import("../day.js").Moment} moment @param {string} of */
const cleared = (moment, of) => Number(of === "USD") + Object.values(moment.windows).reduce((sum, each) => sum + (each.cleared[of]?.count ?? 0), 0);

// ── gross to net ──

const arrow = html`<svg class="ar" viewBox="0 0 52 24" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 12h42M37 5l9 7-9 7"/></svg>`;

/** @param {number} part @param {number} whole */
const share = (part, whole) => whole ? Math.max(0.4, Math.round(part * 1000 / whole) / 10) : 0;

/** @param {SettlementWindow} window @param {Cleared} of @param {number} held */
function funnel(window, of, held) {
  if (!of.count) {
    return html`<section class="panel funnel none" data-key="funnel" aria-label="Gross to net"><p><b>Nothing has been cleared in ${currency} in this window yet.</b>
Pushes clear at once, sales at the acquirers’ cut-off, a quarter of an hour before the window closes.
${held ? html`Promised so far: <span class="promised">${money(held, currency)} held</span> on cards.` : html`<a href="/shop">Sell or push something</a>.`}</p></section>`;
  }
  const { gross, bilateral, paid } = netting(of);
  const verb = window.status === "settled" ? "moved" : "moves";
  const percent = gross ? Math.round(paid * 100 / gross) : 0;
  const bar = (/** @type {number} */ part, /** @type {string} */ kind) => html`<div class="gb ${kind}" aria-hidden="true"><i css="width:${share(part, gross)}%"></i></div>`;
  return html`<section class="panel funnel" data-key="funnel" aria-label="Gross to net"><div><b>${money(gross, currency)}</b><span>${of.count.toLocaleString("en-US")} ${of.count === 1 ? "item" : "items"} cleared and their fees, one by one</span>${bar(gross, "")}</div>${arrow}
<div><b>${money(bilateral, currency)}</b><span>left between each two of them</span>${bar(bilateral, "")}</div>${arrow}
<div><b>${money(paid, currency)}</b><span>${verb} ${window.settles_at ? `on ${when(ms(window.settles_at), 0)}` : ""}: ${percent}% of the gross</span>${bar(paid, "n")}</div></section>`;
}

// ── net positions, who owes whom ──

/** @param {Cleared} of @param {SettlementWindow} window */
function netPositions(of, window) {
  const largest = Math.max(1, ...Object.values(of.nets).map(Math.abs));
  const own = networkBook();
  const lines = [...members(), own];
  const sum = lines.reduce((total, each) => total + (of.nets[each.id] ?? 0), 0);
  return html`<section class="panel card" data-key="np" aria-labelledby="np"><h2 id="np">Net positions</h2><p>${window.status === "settled" ? "Left has paid in, right was paid out" : "Left pays in, right is paid out"}</p>
<table class="np"><tbody>${lines.map(({ id, name, role: part }) => {
    const value = of.nets[id] ?? 0;
    return html`<tr data-key="${id}"><th scope="row" class="p-${part}"><i class="dot"></i>${id === own.id ? `${name} fees` : name}</th><td class="tr" aria-hidden="true">${value !== 0 && html`<i class="${value < 0 ? "neg" : "pos"}" css="width:${Math.max(0.6, Math.round(Math.abs(value) * 490 / largest) / 10)}%"></i>`}</td><td class="n">${signed(value)}</td></tr>`;
  })}</tbody><tfoot><tr><th scope="row" colspan="2">Sum of all positions</th><td class="n zero">${signed(sum)}</td></tr></tfoot></table></section>`;
}

/** Whole units where there is no room for more. @param {number} minor */
const rounded = (minor) => minor && Math.abs(minor) >= 10 ** (exponent(currency) + 3) ? amount(Math.round(minor / 10 ** exponent(currency)), "JPY") : amount(minor, currency);

/** @param {Cleared} of */
function whoOwesWhom(of) {
  const own = networkBook();
  const all = [...members(), own];
  const debtors = all.filter((each) => each.id !== own.id || Object.keys(of.flows).some((pair) => pair.startsWith(`${own.id}>`)));
  const largest = Math.max(1, ...Object.values(of.flows));
  const weight = (/** @type {number} */ value) => Math.max(10, Math.round(Math.sqrt(value / largest) * 48));
  const cell = (/** @type {string} */ debtor, /** @type {string} */ creditor) => {
    const value = of.flows[`${debtor}>${creditor}`] ?? 0;
    if (debtor === creditor) return html`<td class="self"></td>`;
    return value ? html`<td css="--w:${weight(value)}">${rounded(value)}</td>` : html`<td class="z">0</td>`;
  };
  return html`<section class="panel card" data-key="mx" aria-labelledby="mx"><h2 id="mx">Who owes whom</h2><p>Row pays column, before netting</p>
<div class="scroll" tabindex="0" role="region" aria-label="Who owes whom, table"><table class="mx"><thead><tr><td class="self"></td>${all.map(({ id, name }) => html`<th scope="col">${id === own.id ? `${name} fees` : short(name)}</th>`)}</tr></thead>
<tbody>${debtors.map(({ id, name }) => html`<tr data-key="${id}"><th scope="row">${short(name)}</th>${all.map((each) => cell(id, each.id))}</tr>`)}</tbody></table></div>
<p class="mxn">${own.name} stands between every pair, so each institution makes one payment, or receives one.</p></section>`;
}

/** @param {Cleared} of @param {import("../day.js").Moment} moment @param {SettlementWindow} window */
function throughTheDay(of, moment, window) {
  const lowest = Object.entries(of.nets).filter(([id]) => id !== networkBook().id).sort((one, other) => one[1] - other[1])[0];
  const reserve = lowest ? -netOf(moment, `${bankBook()}.reserve.${currency}.${lowest[0]}`) : 0;
  const lacking = lowest && window.status !== "settled" && reserve < -lowest[1];
  const said = !lowest || lowest[1] >= 0 ? "In the order in which things were cleared" : lacking
    ? html`<span class="short">${short(bookName(lowest[0]))} owes ${amount(-lowest[1], currency)} and has only ${amount(reserve, currency)} in its reserve</span>`
    : html`${short(bookName(lowest[0]))} ${window.status === "settled" ? "paid" : "owes"} most: ${amount(-lowest[1], currency)}. Its reserve: ${amount(reserve, currency)}`;
  const lines = members().map((each) => ({ id: each.id, name: short(each.name), role: each.role }));
  return html`<section class="panel card" data-key="plot" aria-labelledby="plot"><h2 id="plot">Position through the day</h2><p>${said}</p>${positionsPlot(of, lines, currency)}</section>`;
}

const bankBook = () => day.books.find((each) => each.role === "bank")?.id ?? "";

/** @param {import("../day.js").Moment} moment @param {string} account */
const netOf = (moment, account) => { const each = moment.balances[account]; return each ? each.debits - each.credits : 0 };

// ── balance sheets ──

/** @param {import("../chart.js").Line} line */
function sheetLine(line) {
  const held = line.held > 0 && html`<span class="promised" title="Promised, and not booked">${amount(line.held, currency)} held</span>`;
  const what = html`<i class="${line.tone}"></i><span class="nm">${line.name}</span>${held}<b>${amount(line.amount, currency)}</b>`;
  const [only] = line.accounts;
  if (line.accounts.length === 1 && only) return html`<li class="${line.promised && "hot"}" data-key="${line.code}"><a href="/books/${only.id}">${what}</a></li>`;
  const shown = line.accounts.slice(0, 40);
  return html`<li class="${line.promised && "hot"}" data-key="${line.code}"><details data-key="d"><summary>${what}</summary><ul class="of">${shown.map((each) => html`<li data-key="${each.id}"><a href="/books/${each.id}"><span class="nm">${each.name}</span>${each.held > 0 && html`<span class="promised">${amount(each.held, currency)} held</span>`}<b>${amount(each.amount, currency)}</b></a></li>`)}
${line.accounts.length > shown.length && html`<li class="more">and ${(line.accounts.length - shown.length).toLocaleString("en-US")} more</li>`}</ul></details></li>`;
}

/** @param {string} title @param {import("../chart.js").Line[]} lines @param {number} total */
function side(title, lines, total) {
  const bars = lines.filter((each) => each.amount > 0);
  return html`<div class="bal"><div class="stack" aria-hidden="true">${bars.map((each) => html`<i class="${each.tone}" css="flex:${Math.max(1, each.amount)} 0 0"></i>`)}</div>
<div><h3>${title}<b>${amount(total, currency)}</b></h3><ul>${lines.map(sheetLine)}</ul></div></div>`;
}

const ROLES = { issuer: "Issuer", acquirer: "Acquirer", network: "Network", bank: "Settlement bank" };

/** @param {import("../day.js").Moment} moment @param {{ id: string, name: string, role: string }} book */
function balanceSheet(moment, book) {
  const { owns, owes, ownsTotal, owesTotal } = sheet(moment.balances, book.id, currency, networkBook().name);
  return html`<section class="panel card bs p-${book.role}" data-key="${book.id}" aria-label="${book.name} balance sheet"><header><i class="dot"></i><h2>${book.name}<small>${ROLES[/** @type {keyof ROLES} */ (book.role)] ?? book.role}</small></h2></header>
${side("Owns", owns, ownsTotal)}${side("Owes", owes, owesTotal)}</section>`;
}

// ── the trial balance, at any event ──

/** @param {import("../day.js").Moment} moment */
function trial(moment) {
  const rows = [...members(), networkBook(), ...day.books.filter((each) => each.role === "bank")];
  const first = day.base.event;
  const shown = at ?? day.now.event;
  return html`<section class="panel card tb" data-key="tb" aria-labelledby="tb"><header><h2 id="tb">Trial balance</h2><span class="badge" data-key="n">event ${shown.toLocaleString("en-US")}</span></header>
<p>Computed here, from the events alone. Every entry debits one account and credits another, so both columns agree at every event.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Trial balance, table"><table class="tbt"><thead><tr><th scope="col">Book</th><th scope="col">Debits</th><th scope="col">Credits</th><th scope="col">Out by</th></tr></thead>
<tbody>${rows.map(({ id, name, role: part }) => {
    const { totals, out } = trialBalance(moment.balances, id);
    const { debit, credit } = totals[currency] ?? { debit: 0, credit: 0 };
    return html`<tr data-key="${id}"><th scope="row" class="p-${part}"><i class="dot"></i>${short(name)}</th><td>${amount(debit, currency)}</td><td>${amount(credit, currency)}</td><td class="${out[currency] ? "bad" : "zero"}">${amount(out[currency] ?? 0, currency)}</td></tr>`;
  })}</tbody></table></div>
<div class="look"><label>Look back <input type="range" min="${first}" max="${day.now.event}" value="${shown}" data-do="at" aria-valuetext="after event ${shown}"></label>
<span class="steps"><button class="icon-btn" data-do="step" data-arg="-1" aria-label="One event back">${icon("prev")}</button><button class="icon-btn" data-do="step" data-arg="1" aria-label="One event on">${icon("next")}</button></span>
<button class="btn ghost small" data-do="check">Does the server agree?</button>
${checked && html`<p class="verdict" role="status"><span class="badge ${checked.same ? "ok" : "bad"}">${checked.same ? "The same" : "Not the same"}</span> ${checked.rows.toLocaleString("en-US")} accounts at event ${checked.event.toLocaleString("en-US")}. ${callLine({ method: "GET", path: `/v1/books/${day.books[0]?.id}/trial_balance?event=${checked.event}` })} and of the other books.</p>`}</div></section>`;
}

/** Compare every book with the server's trial balance at the event shown. */
async function check() {
  const n = at ?? day.now.event;
  const moment = momentAt(n);
  let [rows, same] = [0, true];
  for (const { id } of day.books) {
    const ours = trialBalance(moment.balances, id).rows;
    const { status, body } = await call("GET", `/v1/books/${id}/trial_balance?event=${n}`);
    const theirs = status === 200 ? body.rows.filter((/** @type {any} */ each) => each.debit || each.credit) : [];
    const known = new Map(theirs.map((/** @type {any} */ each) => [each.account, each.debit - each.credit]));
    same &&= status === 200 && ours.filter((each) => each.debit || each.credit).length === known.size && ours.every((each) => (known.get(each.account) ?? 0) === each.debit - each.credit);
    rows += known.size;
  }
  checked = { event: n, same, rows };
  say(same ? "The server’s trial balances are the same." : "The server’s trial balances are not the same.");
  redraw();
}

// ── the screen ──

/** @param {"closes_at" | "settles_at"} time */
async function wind(time) {
  const window = lookedAt(day.now);
  if (!window || busy || at !== null) return;
  const { path, body } = windTo(window, time);
  [busy, chosen, done] = [true, window.id, null];
  redraw();
  const reply = await call("POST", path, body);
  busy = false;
  done = { request: reply.request, reply: reply.body, status: reply.status };
  say(reply.status === 200 ? `It is ${reply.body.now}. ${ranWords(reply.body.ran)}` : "That was refused.");
  redraw();
}

let noting = 0;

/** Look at the books after an event; the address says so when one stays there. @param {number | null} n */
function lookBack(n) {
  at = n === null || n >= day.now.event ? null : Math.max(n, day.base.event);
  checked = null;
  clearTimeout(noting);
  noting = setTimeout(() => history.replaceState(null, "", at === null ? "/books" : `/books?n=${at}`), 300);
  redraw();
}

/** The events of the day at which something in the books changed. @param {number} direction */
function step(direction) {
  const shown = at ?? day.now.event;
  const places = day.events.map((each) => each.position);
  const next = direction > 0 ? places.find((each) => each > shown) ?? null : places.findLast((each) => each < shown) ?? day.base.event;
  lookBack(next);
}

function view() {
  if (!day.ready) return html`<p class="boot" role="status">Opening the books …</p>`;
  const moment = momentAt(at);
  const window = lookedAt(moment);
  if (!window) return html`<p class="boot">There is no settlement window yet.</p>`;
  const of = window.cleared[currency] ?? nothingCleared();
  const held = members().reduce((sum, { id }) => sum + (moment.balances[`${id}.due_to_network.${currency}`]?.held_credits ?? 0), 0);
  const others = [networkBook(), ...day.books.filter((each) => each.role === "bank")];
  return html`<div class="thebooks" data-n="${moment.event}" data-past="${String(at !== null)}">${head(moment, window)}${theAnswer()}${funnel(window, of, held)}
<div class="row r1">${netPositions(of, window)}${throughTheDay(of, moment, window)}${whoOwesWhom(of)}</div>
<div class="row r2">${members().map((each) => balanceSheet(moment, each))}</div>
<div class="row r3">${others.map((each) => balanceSheet(moment, each))}${trial(moment)}</div></div>`;
}

export default {
  title: "Books",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    keep();
    at = query.has("n") ? Number(query.get("n")) : null;
    currency = query.get("currency") ?? currency;
  },
  close() {
    clearTimeout(noting);
    letGo();
    [chosen, at, done, checked] = [null, null, null, null];
  },
  view,
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: {
    ...callActions,
    window: (arg, element) => { chosen = arg || element.value; done = null },
    currency: (arg) => { currency = arg; checked = null },
    advance: () => void wind("closes_at"),
    settle: () => void wind("settles_at"),
    forget: () => { done = null },
    toNow: () => lookBack(null),
    at: (_, element) => lookBack(Number(element.value)),
    step: (arg) => step(Number(arg)),
    check: () => void check(),
  },
  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLElement && event.target.closest("input, summary, details")) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
    if (event.key === "End") lookBack(null);
  },
};
