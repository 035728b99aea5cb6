// @ts-check
/** What the theatre shows where there is no story: in an empty world, and for an id that is nobody's. */
import { asCurl } from "../../api.js";
import { directionGlyph } from "../../icons.js";
import { html } from "../../template.js";
import { st } from "./state.js";

const CARD = "card_nora_patel";

/** The first payment that one can make, by its direction. @type {Record<string, import("../../api.js").ApiRequest>} */
export const FIRSTS = {
  pull: { method: "POST", path: "/v1/payments", body: { merchant: "mch_blue_door_books", amount: 5841, currency: "USD", card: { id: CARD, entry_mode: "contactless" }, capture: true, description: "two books" } },
  push: { method: "POST", path: "/v1/disbursements", body: { sender: "snd_city_of_alder", amount: 25000, currency: "USD", card: { id: CARD }, channel: "mobile_app", business_application: "GD", recipient_name: "Nora Patel" } },
};

/** @param {"pull" | "push"} way @param {string} label */
const first = (way, label) => html`<div data-key="${way}"><button class="btn" data-do="theatre-first" data-arg="${way}" ${st.busy && html`aria-disabled="true"`}>${directionGlyph(way)}${label}</button><pre tabindex="0" role="group" aria-label="The API call">${asCurl(FIRSTS[way])}</pre></div>`;

/** Nothing has happened here yet. */
export const emptyView = () => html`<section class="panel empty" data-key="empty"><h1>Nothing has been paid here yet</h1><p>Make the first payment, and watch who says what to whom, and what it does to each party’s books.</p>
<div class="firsts">${first("pull", "Nora taps her card for $58.41")}${first("push", "The city pushes $250.00 to Nora")}</div>
${st.problem && html`<p class="sorry" role="alert">${st.problem}</p>`}<p class="more">Or go to the <a href="/shop">shop and desk</a>, or take a <a href="/lessons">lesson</a>.</p></section>`;

/** There is nothing with the id that was asked for. */
export const missingView = () => html`<section class="panel empty" data-key="missing"><h1>There is no such story</h1><p>Nothing in this sandbox has the id ${st.wanted}. Perhaps it was reset. <a href="/">Look at the newest</a>.</p></section>`;
