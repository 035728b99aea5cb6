// @ts-check
/** The theatre's right half, above: the message one looks at, field by field, raw, as its event, and where it is sent. */
import { icon } from "../../icons.js";
import { laneName } from "../../story.js";
import { html, part } from "../../template.js";
import { spelled } from "../../words.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Step} Step @typedef {import("../../template.js").Markup} Markup */
/** @typedef {{ number?: string, name: string, value: string, more?: string, fresh?: boolean }} Row of the table of fields */

/** Ways to read a message: each with its name, and what it shows. @type {[string, string, (step: Step) => unknown][]} */
export const TABS = [["fields", "Fields", fields], ["raw", "Raw", raw], ["json", "JSON event", json], ["source", "Source", source]];

/** Longer values than these may be broken into lines. */
const LONG = 18;

/** @param {Told} told @param {number} n @param {string} tab */
export function messageView(told, n, tab) {
  const step = told.steps[n - 1];
  if (!step) return html`<section class="panel insp" data-key="insp" aria-label="Selected message"><p class="plain">Nothing has been said yet.</p></section>`;
  const ends = [...new Set([step.from, step.to])].map((each) => laneName(told, each)).join(" → ");
  const [, , show] = TABS.find(([id]) => id === tab) ?? TABS[0];
  return html`<section class="panel insp" data-key="insp" aria-label="Selected message"><header><div><p class="kicker">${n} of ${told.steps.length} · ${ends}</p><h2><code>${step.code}</code> ${step.title}</h2></div>${badge(step)}</header>
${step.notice && notice(step.notice)}<p class="plain">${step.plain}${step.lost && " It never arrived."}${step.twice && " It arrived twice, and was recognised."}</p>
${tabs(step, tab)}
<div class="tabpanel" role="tabpanel" id="tabpanel" aria-labelledby="tab-${tab}" tabindex="0" data-key="${tab}">${show(step)}</div></section>`;
}

/** As it stands on a phone. @param {{ title: string, text: string }} notice */
const notice = ({ title, text }) => html`<div class="phonewrap" data-key="phone"><div class="phone"><span class="app">${icon("bank")}</span><div><b>${title}</b><p>${text}</p></div></div></div>`;

/** @param {Step} step @param {string} shown */
function tabs({ message }, shown) {
  const wire = message?.format === "iso8583" ? message.wire : "";
  return html`<div class="tabs" role="tablist" data-key="tabs" aria-label="Ways to read it">${TABS.map(([id, name]) => html`<button role="tab" id="tab-${id}" data-key="${id}" aria-controls="tabpanel" aria-selected="${id === shown}" tabindex="${id === shown ? 0 : -1}" data-do="theatre-tab" data-arg="${id}">${name}</button>`)}${wire && html`<span class="bitmap" data-key="bitmap">bitmap ${bitmap(wire)}</span>`}</div>`;
}

/** What became of it, in a word or two. @param {Step} step */
function badge(step) {
  if (step.shape === "money") return html`<span class="badge ok">Money moved</span>`;
  if (step.lost) return html`<span class="badge bad">Lost</span>`;
  if (step.rc) return html`<span class="badge ${step.good ? "ok" : "bad"}">${step.rc} ${meaning(step)}</span>`;
  return step.shape === "answer" && !step.good ? html`<span class="badge warn">${step.label.split(":")[0]}</span>` : null;
}

/** What the code of an answer means. @param {Step} step */
function meaning({ message, rc, type, label }) {
  const told = message?.fields.find((each) => each.number === 39)?.meaning;
  if (told !== undefined) return spelled(told);
  if (rc === "00") return type === "bank_reply" ? "done" : "approved";
  return label.split(": ")[1];
}

/** The bitmaps: which elements are there. @param {string} wire */
function bitmap(wire) {
  const first = wire.slice(4, 20);
  const all = parseInt(first[0], 16) >= 8 ? wire.slice(4, 36) : first;
  return all.replace(/(.{4})/g, "$1 ").trim();
}

// ── field by field ──

/** @param {Step} step */
function fields(step) {
  const rows = rowsOf(step);
  if (!rows.length) return html`<p class="none">It has no fields: nobody said anything, it just happened.</p>`;
  return html`<table class="de"><caption class="sr">Fields of the message; new is what the message before had not</caption><colgroup><col class="nr"><col class="called"><col class="is"><col></colgroup><tbody>${rows.map(row)}</tbody></table>`;
}

/** @param {Row} row */
const row = ({ number = "", name, value, more, fresh }) => part(html`<tr data-key="${number} ${name}" class="${fresh && "new"}"><td class="n">${number}</td><th scope="row">${name}</th><td class="v ${value.length > LONG && "long"}" ${!more && !fresh && html`colspan="2"`}>${value}</td>${(more || fresh) && html`<td class="x">${more}${fresh && html` <span class="newtag">new</span>`}</td>`}</tr>`);

/** @param {Step} step @returns {Row[]} */
function rowsOf(step) {
  const { message, notice, facts, written } = step;
  if (message?.fields.length) return onTheWire(step);
  if (message) return Object.entries(step.data).filter(([name, value]) => !["type", "mti", "processing"].includes(name) && value !== "").map(plain);
  if (notice) return [{ name: "to", value: step.data.account }, { name: "title", value: notice.title }, { name: "text", value: notice.text }];
  if (facts.length) return facts.map(([name, value, more]) => ({ name, value, more }));
  return written.filter((each) => each.amount).map((each) => ({ name: spelled(each.purpose), value: String(each.amount), more: `${each.debit} → ${each.credit}` }));
}

/** The elements of an ISO 8583 message, and their tags. @param {Step} step @returns {Row[]} */
const onTheWire = ({ message, fresh }) => (message?.fields ?? []).filter((each) => each.number).map(({ number, tag, name, value, meaning }) => ({
  number: tag ? `${number} ${tag}` : `${number}`, name, value, more: spelled(meaning).replace(".000000 UTC", " UTC"), fresh: fresh.has(`${number}.${tag}`),
}));

/** @param {[string, unknown]} field @returns {Row} */
const plain = ([name, value]) => ({ name: spelled(name), value: typeof value === "object" ? JSON.stringify(value) : String(value) });

// ── as it is sent, as it is kept, and where it comes from ──

/** @param {Step} step */
function raw({ message, data }) {
  const text = message?.wire || JSON.stringify(data, null, 2);
  return html`<p class="note">${noteOf(message, text)}</p><pre class="wire">${text}</pre>`;
}

/** @param {Step["message"]} message @param {string} text */
function noteOf(message, text) {
  if (message?.format === "iso8583") return `${text.length} characters: type, bitmap, then the elements one after the other. The middle of the card number is masked.`;
  if (message?.format === "json") return "To and from the settlement bank, messages are JSON.";
  return message?.why ?? "This was no message between banks.";
}

/** @param {Step} step */
function json({ events }) {
  return events.map(({ message, source, own, ...event }) => html`<pre data-key="${event.position}">${JSON.stringify(event, null, 2)}</pre>`);
}

/** @param {Step} step */
function source({ source: sent, message }) {
  if (!sent) return html`<p class="none">${message ? "It was not said by one of this sandbox’s own institutions." : "No message between banks: it is what a person or a program did."}</p>`;
  return html`<p class="note"><code>${sent.file}:${sent.line}</code> <code>${sent.function}</code></p><pre>${sent.text}</pre>`;
}
