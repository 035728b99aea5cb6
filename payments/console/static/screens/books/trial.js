// @ts-check
/** The trial balance, at any event; and whether the server's is the same. */
import { call } from "../../api.js";
import { callLine } from "../../calls.js";
import { day, momentAt } from "../../day.js";
import { icon } from "../../icons.js";
import { trialBalance } from "../../ledger.js";
import { amount } from "../../money.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { short } from "../../words.js";
import { banks, look, members, networkBook } from "./look.js";

/** @typedef {import("../../day.js").Moment} Moment */

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
${look.checked && html`<p class="verdict" role="status"><span class="badge ${look.checked.same ? "ok" : "bad"}">${look.checked.same ? "The same" : "Not the same"}</span> ${look.checked.rows.toLocaleString("en-US")} accounts at event ${look.checked.event.toLocaleString("en-US")}. ${callLine({ method: "GET", path: `/v1/books/${day.books[0]?.id}/trial_balance?event=${look.checked.event}` })} and of the other books.</p>`}</div></section>`;
}

/** Compare every book with the server's trial balance at the event shown. */
export async function check() {
  const n = look.at ?? day.now.event;
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
  look.checked = { event: n, same, rows };
  say(same ? "The server’s trial balances are the same." : "The server’s trial balances are not the same.");
  redraw();
}
