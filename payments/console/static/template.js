// @ts-check
/** Templates: `html` makes markup in which everything put in is escaped; `render` changes the page into it. */

/** Text that is known to be safe markup. */
export class Markup {
  /** @param {string} text */
  constructor(text) { this.text = text }
  toString() { return this.text }
}

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {unknown} value @returns {string} */
export const escape = (value) => String(value).replace(/[&<>"']/g, (each) => ESCAPES[each]);

/**
 * What is put in: markup as it is, lists one after the other, nothing for null, undefined and false, text escaped.
 * @param {unknown} value @returns {string}
 */
function put(value) {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  return Array.isArray(value) ? value.map(put).join("") : escape(value);
}

/** @param {TemplateStringsArray} strings @param {...unknown} values @returns {Markup} */
export const html = (strings, ...values) =>
  new Markup(strings.reduce((text, each, n) => text + put(values[n - 1]) + each));

/** Change what is inside `root` into `markup`: elements that stay keep their identity, focus and scrolling.
 * @param {Element} root @param {Markup} markup */
export function render(root, markup) {
  const template = document.createElement("template");
  template.innerHTML = markup.text;
  morphChildren(root, template.content);
}

/** @param {Node} node @returns {string} */
const nameOf = (node) => node instanceof Element ? `${node.tagName} ${node.getAttribute("data-key") ?? ""}` : node.nodeName;

/** Elements are matched by `data-key`, others by their kind, in order.
 * @param {Node} old @param {Node} wanted */
function morphChildren(old, wanted) {
  /** @type {Map<string, ChildNode[]>} */
  const known = new Map();
  for (const each of old.childNodes) known.set(nameOf(each), [...(known.get(nameOf(each)) ?? []), each]);
  let place = old.firstChild;
  for (const each of [...wanted.childNodes]) {
    const same = known.get(nameOf(each))?.shift();
    if (same === undefined) {
      const fresh = document.importNode(each, true);
      if (fresh instanceof Element) for (const one of [fresh, ...fresh.querySelectorAll("*")]) settle(one);
      old.insertBefore(fresh, place);
      continue;
    }
    if (same.contains(document.activeElement)) { // what is moved loses the focus: let the others make way
      while (place && place !== same) {
        const next = place.nextSibling;
        old.appendChild(place);
        place = next;
      }
    }
    if (same === place) place = place.nextSibling;
    else old.insertBefore(same, place);
    morph(same, each);
  }
  for (const left of known.values()) for (const each of left) each.remove();
}

/** @param {ChildNode} old @param {ChildNode} wanted */
function morph(old, wanted) {
  if (!(old instanceof Element && wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  const opens = old.tagName === "DETAILS" || old.tagName === "DIALOG"; // these are opened by whoever looks
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && name !== "style" && !(opens && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, wanted);
  settle(old);
}

/** What `css` an element was last given. @type {WeakMap<Element, string>} */
const styles = new WeakMap();

/** Bring what is no attribute into line: `css` (a style attribute would be refused), and what an input holds.
 * @param {Element} element */
function settle(element) {
  if (element instanceof HTMLElement || element instanceof SVGElement) {
    const css = element.getAttribute("css") ?? "";
    if ((styles.get(element) ?? "") !== css) element.style.cssText = css;
    styles.set(element, css);
  }
  if (element instanceof HTMLInputElement && element.type !== "file") {
    const value = element.getAttribute("value");
    if (value !== null && element.value !== value) element.value = value;
    if (element.type === "checkbox" || element.type === "radio") element.checked = element.hasAttribute("checked");
  }
  if (element instanceof HTMLOptionElement) element.selected = element.hasAttribute("selected");
}
