// @ts-check
/** Below the messages: where the money is. */
import { rail } from "../../rail.js";
import { html, part } from "../../template.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Party} Party @typedef {import("../../rail.js").Rail} Rail */

/** @param {Told} told @param {number} n */
export function railView(told, n) {
  const { lanes } = told;
  const at = rail(told, n);
  const where = lanes.find((each) => each.id === at.coin);
  return html`<div class="rail" data-key="rail" role="group" aria-label="Where the money is"><span class="lab">Where the <br>money is</span><span class="sr">${where && `${where.name}: ${at.captions[where.id]}`}</span>${lanes.map((_, k) => part(station(lanes, k, at)))}</div>`;
}

/** A lane's station, and the way to the next. @param {Party[]} lanes @param {number} k @param {Rail} rail */
function station(lanes, k, { coin, held, captions, segments }) {
  const { id, role } = lanes[k];
  const [segment, next] = [segments[k], lanes[k + 1]];
  const here = id === coin;
  return html`<div data-key="${id}" class="stn ${k === 0 && "first"} p-${role}" aria-hidden="true">${segment && next.role !== "bank" && html`<span class="seg2 ${segment.state}"><em>${segment.label}</em></span>`}<span class="node ${here && "coin"} ${here && held && "held"}">${here && "$"}</span><span class="cap ${here && "on"}">${captions[id]}</span></div>`;
}
