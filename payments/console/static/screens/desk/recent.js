// @ts-check
/** Just now: the newest payments, disbursements and transfers, each a link into the theatre. */
import { directionGlyph } from "../../icons.js";
import { money } from "../../money.js";
import { pointedAt } from "../../page.js";
import { html } from "../../template.js";
import { first, get, holderOf, soon, world } from "./state.js";

const SHOWN = 20;

/** @type {any[]} */
let recent = [];
/** @type {any[]} what is shown of them: while somebody points at it, what was there before */
let shown = [];

async function look() {
  const lists = await Promise.all(["payments", "disbursements", "transfers"].map((each) => get(`/v1/${each}?limit=${SHOWN}`)));
  const [payments, pushes, transfers] = lists.map((each) => each?.data ?? []);
  const legs = new Set(transfers.map((/** @type {any} */ each) => each.disbursement));
  const moment = (/** @type {any} */ each) => each.id.slice(each.id.indexOf("_") + 1);
  recent = [...payments, ...pushes.filter((/** @type {any} */ each) => !legs.has(each.id)), ...transfers].sort((one, two) => moment(one) < moment(two) ? 1 : -1).slice(0, SHOWN);
}

export const recentLook = soon(look, 250);

/** @param {import("../../feed.js").SandboxEvent[]} events */
export const recentHeard = (events) => { if (events.some((each) => /^(payment|disbursement|transfer)\./.test(each.type))) recentLook() };

/** Who, and whom. @param {any} each */
function title(each) {
  if (each.object === "payment") return `${first(holderOf(each.card.masked))} at ${world.merchants.find((one) => one.id === each.merchant)?.name ?? each.merchant}`;
  const from = each.object === "transfer" ? first(each.payer.name) : world.senders.find((one) => one.id === each.sender)?.name ?? each.sender;
  return `${from} to ${first(each.recipient.name)}`;
}

/** @param {any} each */
function mark(each) {
  const no = each.decline ?? each.failure;
  if (no) return html`<span class="badge bad" title="${no.reason.replaceAll("_", " ")}">${no.code ?? "no"}</span>`;
  const good = /^(authorized|captured|paid|settled|voided)$/.test(each.status);
  return html`<span class="badge ${good ? "ok" : each.status === "failed" ? "bad" : "warn"}" title="${each.status}">${good ? "00" : each.status}</span>`;
}

export function recentView() {
  if (!pointedAt("recent")) shown = recent;
  return html`<section class="panel d-card d-recent" aria-labelledby="recent-title" data-key="recent"><header><h2 id="recent-title">Just now</h2></header>
<ul class="d-feed" data-still="recent">${shown.map((each) => html`<li data-key="${each.id}">${directionGlyph(each.object === "payment" ? "pull" : "push")}<a href="/p/${each.id}">${title(each)}</a><b>${money(each.amount, each.currency)}</b>${mark(each)}<button type="button" class="d-link" data-do="takeUp" data-arg="${each.object} ${each.id}" aria-label="Take up ${title(each)}">take up</button></li>`)}${!shown.length && html`<li class="kicker" data-key="none">Nothing has been paid yet.</li>`}</ul></section>`;
}
