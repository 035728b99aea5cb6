// @ts-check
/** The screen “Lessons”. */
import { html } from "../template.js";

export default {
  title: "Lessons",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {},
  close() {},
  view: () => html`<h1 class="screen">Lessons</h1>`,
  /** @type {Record<string, (arg: string, element: Element, event: Event) => void>} */
  actions: {},
  /** @param {KeyboardEvent} event */
  key(event) {},
};
