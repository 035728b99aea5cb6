// @ts-check
/** The screen “Books”. */
import { html } from "../template.js";

export default {
  title: "Books",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {},
  close() {},
  view: () => html`<h1 class="screen">Books</h1>`,
  /** @type {Record<string, (arg: string, element: Element, event: Event) => void>} */
  actions: {},
  /** @param {KeyboardEvent} event */
  key(event) {},
};
