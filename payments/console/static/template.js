// @ts-check
/** Templates: `html` makes markup in which everything put in is escaped; `render` changes the page into it. */

/** Text that is known to be safe markup; of its `parts`, in order, it has only the outermost tags. */
export class Markup {
  /** @param {string} text @param {string[]} [parts] */
  constructor(text, parts = []) {
    this.text = text;
    this.parts = parts;
  }
}

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {unknown} value @returns {string} */
export const escape = (value) => String(value).replace(/[&<>"']/g, (each) => ESCAPES[each]);

/**
 * What is put in: markup as it is, lists one after the other, nothing for null, undefined and false, text escaped.
 * @param {unknown} value @param {string[]} parts are added to @returns {string}
 */
function put(value, parts) {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map((each) => put(each, parts)).join("");
  if (!(value instanceof Markup)) return escape(value);
  parts.push(...value.parts);
  return value.text;
}

/** @param {TemplateStringsArray} strings @param {...unknown} values @returns {Markup} */
export function html(strings, ...values) {
  /** @type {string[]} */
  const parts = [];
  return new Markup(strings.reduce((text, each, n) => text + put(values[n - 1], parts) + each), parts);
}

/** One element that is left alone while its markup is the same: its tag begins with its `data-key`, it holds no inputs
 * and no other part. @param {Markup} markup @returns {Markup} */
export function part({ text }) {
  const [open, tag] = /^<([\w-]+) data-key="[^"]*"/.exec(text) ?? ["", ""];
  return new Markup(`${open} data-part></${tag}>`, [text]);
}
