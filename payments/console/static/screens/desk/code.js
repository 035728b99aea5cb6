// @ts-check
/** The same call in code: the one that was made last, with its answer, or the one that is next. */
import { asCurl, asHttp, asPython, newKey } from "../../api.js";
import { say } from "../../page.js";
import { html } from "../../template.js";
import { batch, batchPath } from "./batch.js";
import { saleOrder } from "./checkout.js";
import { isBatch, pushOrder } from "./push.js";
import { masked, shown } from "./state.js";

const FORMS = { curl: asCurl, python: asPython, http: asHttp };

/** @returns {import("../../api.js").ApiRequest} */
function next() {
  if (shown.side === "sale") return { method: "POST", path: "/v1/payments", body: saleOrder(), key: shown.key };
  if (isBatch()) return { method: "POST", path: batchPath(), key: shown.key, file: batch.file ?? { name: "relief.csv", type: "text/csv", content: new Blob() } };
  const { path, body } = pushOrder();
  return { method: "POST", path, body, key: shown.key };
}

/** What nobody is to read over a shoulder: numbers and CVVs that were typed. @param {any} value @param {string} [name] @returns {any} */
function discreet(value, name = "") {
  if (typeof value === "string") return name === "cvv" ? "•••" : name === "number" ? masked(value) : value;
  if (Array.isArray(value)) return value.map((each) => discreet(each));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, discreet(each, key)]));
  return value;
}

/** The answer in a few lines. @param {number} status @param {any} body */
function answer(status, body) {
  const facts = ["id", "status", "title", "code", "times", "cleared", "push_allowed"].filter((each) => body?.[each] !== undefined && !(each === "status" && typeof body.status === "number")).slice(0, 4);
  const said = facts.map((each) => `"${each}": ${JSON.stringify(body[each])}`);
  if (body?.decline) said.push(`"decline": {"code": "${body.decline.code}"}`);
  return `# ${status || "no answer"} {${said.join(",\n#      ")}}`;
}

const TOKENS = /(#.*)|("(?:[^"\\]|\\.)*"(?=\s*:))|("(?:[^"\\]|\\.)*"|'[^'"]*'?)|\b(\d+)\b|\b(curl|import|print|POST|GET|DELETE|None|True|False)\b/g;

/** @param {string} text */
function coloured(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(TOKENS)) {
    parts.push(text.slice(end, found.index));
    const kind = ["c", "p", "s", "n", "k"][found.slice(1).findIndex((each) => each !== undefined)];
    parts.push(html`<span class="d-${kind}">${found[0]}</span>`);
    end = (found.index ?? 0) + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function text() {
  const last = shown.when === "last" ? shown.last : null;
  const request = last?.request ?? next();
  const form = FORMS[/** @type {"curl"} */ (shown.language)];
  return form({ ...request, body: discreet(request.body) });
}

/** @type {Record<string, (arg: string, element: any) => void>} */
export const codeActions = {
  language: (arg) => { shown.language = arg },
  which: (arg) => { shown.when = arg },
  copyCode: () => {
    void navigator.clipboard?.writeText(text()).then(() => say("Copied."), () => say("The browser does not let us copy."));
    shown.key = newKey(); // whoever runs what was copied has used its key
  },
};

export function codeView() {
  const last = shown.when === "last" ? shown.last : null;
  return html`<section class="panel d-card" aria-labelledby="code-title" data-key="code"><header><h2 id="code-title">The same call in code</h2>
<div class="seg" role="group" aria-label="Language">${[["curl", "curl"], ["python", "Python"], ["http", ".http"]].map(([each, name]) => html`<button type="button" data-key="${each}" data-do="language" data-arg="${each}" aria-pressed="${each === shown.language}">${name}</button>`)}</div></header>
<div class="d-code" role="region" aria-label="Code"><pre tabindex="0">${coloured(text())}</pre>${last && html`<pre data-key="answer" tabindex="0">${coloured(answer(last.status, last.body))}</pre>`}</div>
<p class="kicker d-which"><span>${last ? "What was just done" : "What the button will do"}</span>${shown.last && html`<button type="button" class="d-link" data-key="which" data-do="which" data-arg="${last ? "next" : "last"}">${last ? "show the next call" : "show the last call"}</button>`}<button type="button" class="d-link" data-key="copy" data-do="copyCode">copy</button></p></section>`;
}
