// @ts-check
/** Balance sheets: what a book owns and owes, line by line; every line leads to its accounts. */
import { sheet } from "../../chart.js";
import { amount } from "../../money.js";
import { html } from "../../template.js";
import { look, networkBook } from "./look.js";

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

const ROLES = { issuer: "Issuer", acquirer: "Acquirer", network: "Network", bank: "Settlement bank" };

/** @param {Moment} moment @param {{ id: string, name: string, role: string }} book */
export function balanceSheet(moment, book) {
  const { owns, owes, ownsTotal, owesTotal } = sheet(moment.balances, book.id, look.currency, networkBook().name);
  return html`<section class="panel card bs p-${book.role}" data-key="${book.id}" aria-label="${book.name} balance sheet"><header><i class="dot"></i><h2>${book.name}<small>${ROLES[/** @type {keyof ROLES} */ (book.role)] ?? book.role}</small></h2></header>
${side("Owns", owns, ownsTotal)}${side("Owes", owes, owesTotal)}</section>`;
}
