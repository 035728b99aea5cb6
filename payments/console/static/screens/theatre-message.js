// @ts-check
/** The theatre's right half, above: the message one looks at, field by field, raw, as its event, and where it is sent. */
import { icon } from "../icons.js";
import { html } from "../template.js";
import { laneName } from "./theatre-messages.js";

/** @typedef {import("../story.js").Told} Told @typedef {import("../story.js").Step} Step */

const TABS = [["fields", "Fields"], ["raw", "Raw"], ["json", "JSON event"], ["source", "Source"]];

/** @param {Told} told @param {number} n @param {string} tab */
export function inspectorView(told, n, tab) {
  const step = told.steps[n - 1];
  if (!step) return html`<section class="panel insp" data-key="insp" aria-label="Selected message"><p class="plain">Nothing has been said yet.</p></section>`;
  const name = (/** @type {string} */ id) => { const lane = told.lanes.find((each) => each.id === id); return lane ? laneName(lane) : id };
  const wire = step.message?.format === "iso8583" ? step.message.wire : "";
  return html`<section class="panel insp" data-key="insp" aria-label="Selected message"><header><div><p class="kicker">${n} of ${told.steps.length} · ${step.from === step.to ? name(step.from) : html`${name(step.from)} → ${name(step.to)}`}</p><h2><code>${step.code}</code> ${step.title}</h2></div>${badge(step)}</header>
${step.notice && html`<div class="phonewrap"><div class="phone"><span class="app">${icon("bank")}</span><div><b>${step.notice.title}</b><p>${step.notice.text}</p></div></div></div>`}<p class="plain">${step.plain}${step.lost && " It never arrived."}${step.twice && " It arrived twice, and was recognised."}</p>
<div class="tabs" role="tablist" aria-label="Ways to read it">${TABS.map(([id, label]) => html`<button role="tab" id="tab-${id}" data-key="${id}" aria-controls="tabpanel" aria-selected="${id === tab}" tabindex="${id === tab ? 0 : -1}" data-do="theatre-tab" data-arg="${id}">${label}</button>`)}${wire && html`<span class="bitmap">bitmap ${bitmap(wire)}</span>`}</div>
<div class="tabpanel" role="tabpanel" id="tabpanel" aria-labelledby="tab-${tab}" tabindex="0" data-key="${tab}">${{ fields, raw, json, source }[/** @type {"raw"} */ (tab)]?.(step)}</div></section>`;
}

/** @param {Step} step */
function badge(step) {
  if (step.shape === "money") return html`<span class="badge ok">Money moved</span>`;
  if (step.lost) return html`<span class="badge bad">Lost</span>`;
  if (!step.rc) return step.shape === "answer" && !step.good ? html`<span class="badge warn">${step.label.split(":")[0]}</span>` : null;
  const meaning = step.message?.fields?.find((/** @type {any} */ each) => each.number === 39)?.meaning.replaceAll("_", " ") ?? (step.rc === "00" ? (step.type === "bank_reply" ? "done" : "approved") : step.label.split(": ")[1] ?? "");
  return html`<span class="badge ${step.good ? "ok" : "bad"}">${step.rc} ${meaning}</span>`;
}

/** The bitmaps: which elements are there. @param {string} wire */
function bitmap(wire) {
  const first = wire.slice(4, 20);
  const all = parseInt(first[0], 16) >= 8 ? wire.slice(4, 36) : first;
  return all.replace(/(.{4})/g, "$1 ").trim();
}

/** @param {Step} step */
function fields(step) {
  const rows = step.message?.fields?.length
    ? step.message.fields.filter((/** @type {any} */ each) => each.number).map((/** @type {any} */ each) => [`${each.number}${each.tag ? ` ${each.tag}` : ""}`, each.name, each.value, each.meaning.replaceAll("_", " ").replace(".000000 UTC", " UTC"), step.fresh.has(`${each.number}.${each.tag}`)])
    : step.message ? Object.entries(step.data).filter(([name, value]) => !["type", "mti", "processing"].includes(name) && value !== "").map(([name, value]) => ["", name.replaceAll("_", " "), typeof value === "object" ? JSON.stringify(value) : String(value), "", false])
      : step.notice ? [["", "to", step.data.account, ""], ["", "title", step.notice.title, ""], ["", "text", step.notice.text, ""]]
        : step.facts.length ? step.facts.map(([name, value, more]) => ["", name, value, more, false]) : step.written.filter((each) => each.amount).map((each) => ["", each.purpose.replaceAll("_", " "), String(each.amount), `${each.debit} → ${each.credit}`, false]);
  if (!rows.length) return html`<p class="none">It has no fields: nobody said anything, it just happened.</p>`;
  return html`<table class="de"><caption class="sr">Fields of the message; new is what the message before had not</caption><tbody>${rows.map(([number, name, value, more, isNew]) => html`<tr class="${isNew && "new"}" data-key="${number} ${name}"><td class="n">${number}</td><th scope="row">${name}</th><td class="v ${String(value).length > 26 && "long"}">${value}</td><td class="x">${more}${isNew && html` <span class="newtag">new</span>`}</td></tr>`)}</tbody></table>`;
}

/** @param {Step} step */
function raw(step) {
  const text = step.message?.wire || JSON.stringify(step.data, null, 2);
  const note = step.message?.format === "iso8583" ? `${text.length} characters: type, bitmap, then the elements one after the other. The middle of the card number is masked.` : step.message?.format === "json" ? "To and from the settlement bank, messages are JSON." : step.message?.why ?? "This was no message between banks.";
  return html`<p class="note">${note}</p><pre class="wire">${text}</pre>`;
}

/** @param {Step} step */
const json = (step) => html`${step.events.map((event) => {
  const { message, source, own, ...shown } = event;
  return html`<pre data-key="${event.position}">${JSON.stringify(shown, null, 2)}</pre>`;
})}`;

/** @param {Step} step */
function source(step) {
  if (!step.source) return html`<p class="none">${step.message ? "It was not said by one of this sandbox’s own institutions." : "No message between banks: it is what a person or a program did."}</p>`;
  return html`<p class="note"><code>${step.source.file}:${step.source.line}</code> <code>${step.source.function}</code></p><pre>${step.source.text}</pre>`;
}
