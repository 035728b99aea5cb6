// @ts-check
/** Balance sheets, every line of which leads to its accounts; and the trial balance, at any event, ours and the server's. */
import { call } from "../../api.js";
import { callLine } from "../../calls.js";
import { sheet } from "../../chart.js";
import { day, momentAt } from "../../day.js";
import { icon } from "../../icons.js";
import { trialBalance } from "../../ledger.js";
import { amount } from "../../money.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { short } from "../../words.js";
import { banks, look, members, networkBook } from "./look.js";

/** @typedef {import("../../day.js").Moment} Moment */

/** What is promised stands out, what is empty stands back. @param {import("../../chart.js").Line} line */
const kindOf = ({ promised, amount, held }) => !amount && !held ? "empty" : promised && "hot";

/** @param {import("../../chart.js").Line} line */
function sheetLine(line) {
  const held = line.held > 0 && html`<span class="promised" title="Promised, and not booked">${amount(line.held, look.currency)} held</span>`;
  const what = html`<i class="${line.tone}"></i><span class="nm">${line.name}</span>${held}<b>${amount(line.amount, look.currency)}</b>`;
  const [only] = line.accounts;
  if (line.accounts.length === 1 && only) return html`<li class="${kindOf(line)}" data-key="${line.code}"><a href="/books/${only.id}">${what}</a></li>`;
  if (!line.accounts.length) return html`<li class="empty" data-key="${line.code}"><div>${what}</div></li>`;
  const shown = line.accounts.slice(0, 40);
  return html`<li class="${kindOf(line)}" data-key="${line.code}"><details data-key="d"><summary>${what}</summary><ul class="of">${shown.map((each) => html`<li data-key="${each.id}"><a href="/books/${each.id}"><span class="nm">${each.name}</span>${each.held > 0 && html`<span class="promised">${amount(each.held, look.currency)} held</span>`}<b>${amount(each.amount, look.currency)}</b></a></li>`)}
${line.accounts.length > shown.length && html`<li class="more">and ${(line.accounts.length - shown.length).toLocaleString("en-US")} more</li>`}</ul></details></li>`;
}

/** @param {string} title @param {import("../../chart.js").Line[]} lines @param {number} total */
function side(title, lines, total) {
  const bars = lines.filter((each) => each.amount > 0);
  return html`<div class="bal"><div class="stack" aria-hidden="true">${bars.map((each) => html`<i class="${each.tone}" css="flex:${Math.max(1, each.amount)} 0 0"></i>`)}</div>
<div><h3>${title}<b>${amount(total, look.currency)}</b></h3><ul>${lines.map(sheetLine)}</ul></div></div>`;
}

/** @type {Record<string, string>} */
const ROLES = { issuer: "Issuer", acquirer: "Acquirer", network: "Network", bank: "Settlement bank" };

/** @param {Moment} moment @param {{ id: string, name: string, role: string }} book */
export function balanceSheet(moment, book) {
  const { owns, owes, ownsTotal, owesTotal } = sheet(moment.balances, book.id, look.currency, networkBook().name);
  return html`<section class="panel card bs p-${book.role}" data-key="${book.id}" aria-label="${book.name} balance sheet"><header><i class="dot"></i><h2>${book.name}<small>${ROLES[book.role] ?? book.role}</small></h2></header>
${side("Owns", owns, ownsTotal)}${side("Owes", owes, owesTotal)}</section>`;
}

// ── the trial balance, at any event ──

/** @param {Moment} moment */
export function trial(moment) {
  const rows = [...members(), networkBook(), ...banks()];
  const first = day.base.event;
  const shown = look.at ?? day.now.event;
  return html`<section class="panel card tb" data-key="tb" aria-labelledby="tb"><header><h2 id="tb">Trial balance</h2><span class="badge" data-key="n">event ${shown.toLocaleString("en-US")}</span></header>
<p>Computed here, from the events alone. Every entry debits one account and credits another, so both columns agree at every event.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Trial balance, table"><table class="tbt"><thead><tr><th scope="col">Book</th><th scope="col">Debits</th><th scope="col">Credits</th><th scope="col">Out by</th></tr></thead>
<tbody>${rows.map(({ id, name, role: part }) => {
    const { totals, out } = trialBalance(moment.balances, id);
    const { debit, credit } = totals[look.currency] ?? { debit: 0, credit: 0 };
    return html`<tr data-key="${id}"><th scope="row" class="p-${part}"><i class="dot"></i>${short(name)}</th><td>${amount(debit, look.currency)}</td><td>${amount(credit, look.currency)}</td><td class="${out[look.currency] ? "bad" : "zero"}">${amount(out[look.currency] ?? 0, look.currency)}</td></tr>`;
  })}</tbody></table></div>
<div class="look"><label>Look back <input type="range" min="${first}" max="${day.now.event}" value="${shown}" data-do="at" aria-valuetext="after event ${shown}"></label>
<span class="steps"><button class="icon-btn" data-do="step" data-arg="-1" aria-label="One event back">${icon("prev")}</button><button class="icon-btn" data-do="step" data-arg="1" aria-label="One event on">${icon("next")}</button></span>
<button class="btn ghost small" data-do="check">Does the server agree?</button>
${look.checked && (!look.checked.heard ? html`<p class="verdict" role="status"><span class="badge bad">No answer</span> The server did not say. Ask once more when it is there.</p>` : html`<p class="verdict" role="status"><span class="badge ${look.checked.same ? "ok" : "bad"}">${look.checked.same ? "The same" : "Not the same"}</span> ${look.checked.rows.toLocaleString("en-US")} accounts at event ${look.checked.event.toLocaleString("en-US")}. ${callLine({ method: "GET", path: `/v1/books/${day.books[0]?.id}/trial_balance?event=${look.checked.event}` })} and of the other books.</p>`)}</div></section>`;
}

/** Compare every book with the server's trial balance at the event shown. */
export async function check() {
  const n = look.at ?? day.now.event;
  const moment = momentAt(n);
  let [rows, same, heard] = [0, true, true];
  for (const { id } of day.books) {
    const ours = trialBalance(moment.balances, id).rows;
    const { status, body } = await call("GET", `/v1/books/${id}/trial_balance?event=${n}`);
    const theirs = status === 200 ? body.rows.filter((/** @type {any} */ each) => each.debit || each.credit) : [];
    const known = new Map(theirs.map((/** @type {any} */ each) => [each.account, each.debit - each.credit]));
    heard &&= status === 200;
    same &&= heard && ours.filter((each) => each.debit || each.credit).length === known.size && ours.every((each) => (known.get(each.account) ?? 0) === each.debit - each.credit);
    rows += known.size;
  }
  look.checked = { event: n, heard, same, rows };
  say(!heard ? "The server did not answer." : same ? "The server’s trial balances are the same." : "The server’s trial balances are not the same.");
  redraw();
}
