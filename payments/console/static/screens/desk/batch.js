// @ts-check
/** Many at once: a file dropped or chosen, checked line by line, paid in the background. */
import { download } from "../../api.js";
import { amount, money } from "../../money.js";
import { redraw, say } from "../../page.js";
import { html } from "../../template.js";
import { programme, sender } from "./push.js";
import { ask, badge, get, shown, soon, touched, withoutNumbers, world } from "./state.js";

export const batch = {
  /** @type {import("../../api.js").Sent | null} */ file: null,
  /** The beginning of the file, card numbers masked. */
  beginning: "",
  start: true,
  over: false,
  busy: false,
  /** @type {import("./state.js").Problem | null} */ problem: null,
  /** @type {any} */ made: null,
  /** @type {any[]} */ lines: [],
  more: false,
};

/** @type {Record<string, string>} */
const TYPES = { csv: "text/csv", json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson", xml: "application/xml" };

/** @param {File | undefined} file */
export async function take(file) {
  if (!file) return;
  const type = TYPES[file.name.toLowerCase().split(".").pop() ?? ""] ?? (file.type || "text/plain");
  Object.assign(batch, { file: { name: file.name, type, content: file }, problem: null, made: null, lines: [] });
  touched("push");
  batch.beginning = withoutNumbers(await file.slice(0, 900).text()).split("\n").slice(0, 7).map((line) => line.slice(0, 110)).join("\n");
  redraw();
}

/** Where the file goes: what it does not say itself is in the query. */
export function batchPath() {
  const said = { sender: sender()?.id ?? "", currency: sender()?.currency ?? "USD", business_application: programme()?.business_applications[0] ?? "", label: batch.file?.name ?? "", ...(batch.start ? { start: "true" } : {}) };
  return `/v1/disbursement_batches?${new URLSearchParams(said)}`;
}

async function send() {
  if (!batch.file) return;
  const made = await ask(batch, "POST", batchPath(), undefined, { key: shown.key, file: batch.file });
  if (!made) return;
  batch.made = made;
  say(`${made.line_count} lines, ${made.invalid_count} wrong: ${made.status}`);
  await look();
}

async function look() {
  const id = batch.made?.id;
  if (!id) return;
  const wrong = batch.made.invalid_count > 0 ? "&status=invalid" : "";
  const [made, lines] = await Promise.all([get(`/v1/disbursement_batches/${id}`), get(`/v1/disbursement_batches/${id}/lines?limit=100${wrong}`)]);
  if (made && batch.made?.id === id) Object.assign(batch, { made, lines: lines?.data ?? [], more: lines?.has_more ?? false });
  redraw();
}

const lookSoon = soon(look, 300);

/** @param {import("../../feed.js").SandboxEvent[]} events */
export function batchHeard(events) {
  if (batch.made && events.some((each) => each.subject === batch.made.id || each.type.startsWith("disbursement"))) lookSoon();
}

/** @param {string} move */
async function act(move) {
  await ask(batch, "POST", `/v1/disbursement_batches/${batch.made.id}/${move}`);
  await look();
}

/** @type {[string, string, string][]} */
const RESULTS = [["csv", "csv", "CSV"], ["json", "json", "JSON"], ["ndjson", "ndjson", "NDJSON"], ["pain.002", "xml", "pain.002"]];

/** What became of every line, as a file. @param {string} format */
async function save(format) {
  const { id } = batch.made;
  const path = `/v1/disbursement_batches/${id}/result?format=${format}`;
  const content = await download(path);
  Object.assign(shown, { last: { status: content ? 200 : 0, body: null, request: { method: "GET", path } }, when: "last" });
  redraw();
  if (!content) return say("The result could not be read.");
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(content), download: `${id}.${RESULTS.find(([each]) => each === format)?.[1]}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @type {Record<string, (arg: string, element: any) => void>} */
export const batchActions = {
  choose: (_, element) => { void take(element.files?.[0]); element.value = "" },
  example: (arg) => void take(example(arg)),
  started: (_, { checked }) => { batch.start = checked; touched("push") },
  sendFile: () => void send(),
  move: (arg) => void act(arg),
  result: (arg) => void save(arg),
};

// ── examples, made of the seeded cards ──

/** @param {string} kind a file's ending; `wrong` is a CSV with mistakes */
function example(kind) {
  const mark = Date.now().toString(36);
  const people = ["card_nora_patel", "card_omar_diallo", "card_theo_marsh", "card_greta_lindholm", "card_ada_quill"].map((id) => world.cards.find((each) => each.id === id)).filter((each) => each !== undefined);
  const lines = people.map((each, n) => ({ reference: `relief-${mark}-${n + 1}`, amount: 2500 + 550 * n, card: { number: each.number }, recipient_name: each.holder }));
  const major = (/** @type {number} */ minor) => (minor / 100).toFixed(2);
  const rows = lines.map((each) => [each.reference, each.card.number, major(each.amount), each.recipient_name]);
  if (kind === "wrong") [rows[1][1], rows[2][2], rows[3][3]] = [rows[1][1].slice(0, -1) + (9 - Number(rows[1][1].slice(-1))), "36.005", ""];
  /** @type {Record<string, () => string>} */
  const forms = {
    json: () => JSON.stringify(lines, null, 1),
    ndjson: () => lines.map((each) => JSON.stringify(each) + "\n").join(""),
    xml: () => pain001(mark, lines, major),
  };
  const text = forms[kind]?.() ?? ["reference,card_number,amount,recipient_name", ...rows.map((each) => each.join(","))].join("\n") + "\n";
  return new File([text], `relief.${kind === "wrong" ? "csv" : kind}`);
}

/** ISO 20022 pain.001. @param {string} mark @param {any[]} lines @param {(minor: number) => string} major */
const pain001 = (mark, lines, major) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>RELIEF-${mark}</MsgId><NbOfTxs>${lines.length}</NbOfTxs><CtrlSum>${major(lines.reduce((sum, each) => sum + each.amount, 0))}</CtrlSum></GrpHdr>
<PmtInf><PmtInfId>RELIEF-${mark}-1</PmtInfId><PmtMtd>TRF</PmtMtd>
${lines.map((each) => `<CdtTrfTxInf><PmtId><EndToEndId>${each.reference}</EndToEndId></PmtId><Amt><InstdAmt Ccy="USD">${major(each.amount)}</InstdAmt></Amt><Cdtr><Nm>${each.recipient_name}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>${each.card.number}</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>`).join("\n")}
</PmtInf></CstmrCdtTrfInitn></Document>
`;

// ── what is seen ──

const kindOf = (/** @type {string} */ name) => name.split(".").pop()?.toUpperCase();

/** What became of the file, line by line. */
export function reportView() {
  const { made, lines } = batch;
  if (!made) return html`<div class="d-report d-nothing" role="status" data-key="report">What becomes of every line is told here.</div>`;
  const moves = /** @type {Record<string, [string, string][]>} */ ({ ready: [["start", "Pay it"], ["cancel", "Cancel"]], processing: [["pause", "Pause"], ["cancel", "Cancel"]], paused: [["resume", "Go on"], ["cancel", "Cancel"]] })[made.status] ?? [];
  const counts = [[made.paid_count, "paid"], [made.declined_count, "declined"], [made.refused_count, "refused"], [made.open_count, "open"], [made.invalid_count, "wrong"]].filter(([each]) => each > 0);
  return html`<div class="d-report" role="status" data-key="report"><p>${badge(made.status)} <b>${made.line_count} lines</b>, ${money(made.total_amount, made.currency)}${counts.map(([each, name]) => html` · ${each} ${name}`)}</p>
<progress max="${Math.max(1, made.line_count - made.invalid_count)}" value="${made.processed_count}" aria-label="How far it is paid"></progress>
${made.problems.map((/** @type {any} */ each) => html`<p class="d-no">${each.problem} <code>${each.field}</code></p>`)}
<div class="d-scroll" tabindex="0" role="region" aria-label="Lines of the file"><table><thead><tr><th scope="col">Line</th><th scope="col">Reference, to</th><th scope="col">Amount</th><th scope="col">Status</th></tr></thead><tbody>${lines.map((each) => html`<tr data-key="${each.line}"><td>${each.line}</td><td>${each.reference || "?"}<small>${each.recipient_name} ${each.card && `•••• ${each.card.masked.slice(-4)}`}</small></td><td class="mono">${each.amount > 0 && amount(each.amount, each.currency)}</td><td>${each.disbursement ? html`<a href="/p/${each.disbursement}">${badge(each.status)}</a>` : badge(each.status)}${(each.decline || each.refusal) && html`<small>${each.decline ? `${each.decline.code} ${each.decline.reason.replaceAll("_", " ")}` : each.refusal.replaceAll("_", " ")}</small>`}${each.problems.map((/** @type {any} */ one) => html`<small><code>${one.field}</code> ${one.problem}</small>`)}</td></tr>`)}</tbody></table></div>
${batch.more && html`<p class="kicker">The first hundred are shown.</p>`}
<div class="d-acts">${moves.map(([move, label]) => html`<button type="button" class="btn ghost" data-key="${move}" data-do="move" data-arg="${move}">${label}</button>`)}<span class="kicker">Result as ${RESULTS.map(([format, , name]) => html` <button type="button" class="d-link" data-key="${format}" data-do="result" data-arg="${format}" aria-label="Result as ${name}">${name}</button>`)}</span></div></div>`;
}

export function batchView() {
  const { file } = batch;
  return html`<div class="d-many-at-once" data-key="batch"><label class="d-drop ${batch.over && "d-over"}" data-key="drop"><input type="file" class="sr" data-do="choose" accept=".csv,.json,.ndjson,.jsonl,.xml"><b>${file ? file.name : "Drop a file here, or choose one"}</b><span>${file ? `${kindOf(file.name)}, ${file.content.size.toLocaleString("en")} bytes` : "CSV, JSON, NDJSON or ISO 20022 pain.001"}</span></label>
<div class="d-begins">${file ? html`<pre class="d-peek" tabindex="0" aria-label="How the file begins">${batch.beginning}</pre>` : html`<p class="d-examples">Or an example: ${[["csv", "CSV"], ["json", "JSON"], ["ndjson", "NDJSON"], ["xml", "pain.001"], ["wrong", "with mistakes"]].map(([kind, name]) => html`<button type="button" class="d-link" data-key="${kind}" data-do="example" data-arg="${kind}">${name}</button>`)}</p>`}</div>
<label class="d-check"><input type="checkbox" data-do="started" ${batch.start && html`checked`}> Pay as soon as every line proves right</label></div>`;
}

export const batchButton = () => html`<button type="button" class="btn d-full" data-key="goFile" data-do="sendFile" ${(batch.busy || !batch.file || batch.made) && html`aria-disabled="true"`}>${batch.busy ? "Sending the file …" : batch.made ? "Sent: choose another file" : batch.file ? `Send ${batch.file.name}` : "Choose a file first"}</button>`;
