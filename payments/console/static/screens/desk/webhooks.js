// @ts-check
/** What goes wrong on the way to whoever listens: webhooks that are lost, doubled, out of order or late, endpoint by endpoint. */
import { html } from "../../template.js";
import { ask, badge } from "./state.js";

/** @type {[string, string][]} */
const CHAOS = [["", "all arrive"], ["drop", "all are lost"], ["repeat", "each arrives twice"], ["reorder", "out of order"], ["delay:60", "a minute late"]];

const path = (/** @type {string} */ id) => `/v1/sandbox/webhook_endpoints/${id}/chaos`;

/** @param {import("./state.js").Place} place @param {string} id @param {string} chaos */
export const setChaos = (place, id, chaos) => ask(place, "POST", path(id), { chaos });

export const chaosCall = (/** @type {any} */ endpoint) => `POST ${path(endpoint?.id ?? "{id}")} {"chaos": "repeat"}`;

/** @param {any[]} endpoints */
export function chaosView(endpoints) {
  if (!endpoints.length) return html`<p class="d-nothing">Nobody listens yet. Have events sent to a program of yours with <code>POST /v1/webhook_endpoints</code>; then break its webhooks here.</p>`;
  return html`<ul>${endpoints.map(({ id, url, status, chaos }) => html`<li class="d-sw" data-key="${id}"><span class="d-url">${url}<small>${id}</small></span>${status !== "enabled" && badge(status)}<select data-do="chaos" data-arg="${id}" aria-label="Webhooks to ${url}">${CHAOS.map(([each, name]) => html`<option value="${each}" ${each === chaos && html`selected`}>${name}</option>`)}${!CHAOS.some(([each]) => each === chaos) && html`<option value="${chaos}" selected>${chaos}</option>`}</select></li>`)}</ul>`;
}
