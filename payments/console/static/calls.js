// @ts-check
/** Calls that the page has made, or would make, shown so that anybody can make them: as curl, Python and .http. */
import { asCurl, asHttp, asPython } from "./api.js";
import { icon } from "./icons.js";
import { say } from "./page.js";
import { html } from "./template.js";

/** @type {Record<string, (request: ApiRequest) => string>} */
const FORMS = { curl: asCurl, Python: asPython, ".http": asHttp };

/** @typedef {import("./api.js").ApiRequest} ApiRequest */

/** In which form calls are shown, on the whole page. @type {string} */
let form = "curl";

/** `POST /v1/sandbox/clock/wind {"next":true}` @param {ApiRequest} request */
export const callLine = ({ method, path, body }) =>
  html`<code class="call"><b>${method}</b> ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}</code>`;

/** A call, in the form one likes, to be copied. @param {ApiRequest} request @param {string} [key] */
export const callBox = (request, key = "call") => html`<div class="callbox" data-key="${key}">
<div class="seg" role="group" aria-label="Form of the call">${Object.keys(FORMS).map((each) => html`<button data-do="callForm" data-arg="${each}" aria-pressed="${String(each === form)}">${each}</button>`)}</div>
<button class="btn ghost small" data-do="copyCall" aria-label="Copy the call">${icon("copy")}Copy</button>
<pre tabindex="0" role="group" aria-label="The call">${FORMS[form](request)}</pre></div>`;

/** @type {Record<string, (arg: string, element: any, event: any) => void>} */
export const callActions = {
  callForm: (arg) => { form = arg },
  copyCall: (_, element) => {
    const text = element.closest(".callbox")?.querySelector("pre")?.textContent ?? "";
    void navigator.clipboard?.writeText(text).then(() => say("Copied"), () => say("It could not be copied"));
  },
};
