// @ts-check
/** The sandbox's clock, on every screen. */
import { feed } from "./feed.js";
import { html } from "./template.js";

const FORM = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" });

/** `Tue 14 Oct 14:03:07`. @param {number} milliseconds */
export const clockText = (milliseconds) => FORM.format(milliseconds).replaceAll(",", "");

/** What the shell shows. */
export const clock = {
  view: () => html`<div class="clock" data-key="clock" title="The sandbox's clock"><b>${feed.clock.readAt ? clockText(feed.now()) : "…"}</b><span>${feed.clock.frozen ? "simulated, stands" : "simulated"}</span></div>`,
  /** @type {Record<string, (arg: string, element: Element, event: Event) => void>} */
  actions: {},
};
