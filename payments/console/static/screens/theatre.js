// @ts-check
/** The screen “Theatre”. */
import { html } from "../template.js";

export default {
  title: "Theatre",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {},
  close() {},
  view: () => html`<h1 class="screen">Theatre</h1>`,
  /** @type {Record<string, (arg: string, element: Element, event: Event) => void>} */
  actions: {},
  /** @param {KeyboardEvent} event */
  key(event) {},
};
