// @ts-check
/** The calls of a lesson: each as a line, and how they are made. */
import { asCurl, call } from "../../api.js";
import { icon } from "../../icons.js";
import { asked } from "../../lesson.js";
import { redraw } from "../../page.js";
import { html } from "../../template.js";
import { at } from "./state.js";

/** @typedef {import("./state.js").Made} Made */

/** @param {Made} made @param {number} n */
export function callLine({ call: { post, get, body, say }, request, status, wrong }, n) {
  const shown = request ?? { method: post ? "POST" : "GET", path: post ?? get ?? "", body };
  const mark = wrong ? icon("cross") : status ? icon("check") : html`<span class="no">${n + 1}</span>`;
  return html`<li class="made-call ${wrong && "wrong"}" data-key="${at.act} ${n}"><div class="line"><span class="mark">${mark}</span>
<span class="what">${say}</span><code class="path"><b>${shown.method}</b> ${shown.path}</code>${status !== null && html`<span class="rc ${wrong && "bad"}">${status || "no answer"}</span>`}</div>
<details><summary>as curl</summary><pre tabindex="0" role="group" aria-label="The call">${asCurl(shown)}</pre></details>
${wrong && html`<p class="sorry">${wrong}</p>`}</li>`;
}

/** Make calls one after the other; whatever is not as expected ends it. @param {Made[]} made @param {string} story
 * @returns {Promise<string>} the id of whose story it is, empty if it went wrong */
export async function makeCalls(made, story) {
  /** @type {Record<string, any>} */
  const replies = {};
  for (const each of made) {
    const wanted = asked(each.call, replies);
    const { status, body, request } = await call(wanted.method, wanted.path, wanted.body);
    Object.assign(each, { request, status });
    const expected = each.call.expect ? status === each.call.expect : status === 200 || status === 201;
    if (!expected) each.wrong = body?.detail ?? body?.title ?? "That was not to be expected.";
    redraw();
    if (!expected) return "";
    if (each.call.as) replies[each.call.as] = body;
  }
  return replies[story].id;
}
