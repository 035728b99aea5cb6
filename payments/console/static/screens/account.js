// @ts-check
/** The screen “Account”. */
import { html } from "../template.js";

export default {
  title: "Account",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {},
  close() {},
  view: () => html`<h1 class="screen">Account</h1>`,
  /** @type {Record<string, (arg: string, element: Element, event: Event) => void>} */
  actions: {},
  /** @param {KeyboardEvent} event */
  key(event) {},
};
