// @ts-check
/** How the page is changed into what it should look like: what stays keeps its identity, its focus, its scrolling. */

/** @typedef {import("./template.js").Markup} Markup */

/** The markup of the parts that are wanted, by what stands in their places. @type {WeakMap<Element, string>} */
const wantedParts = new WeakMap();
/** The markup of the parts that are shown. @type {WeakMap<Element, string>} */
const shownParts = new WeakMap();

/** @param {string} text */
function parse(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content;
}

/** Change what is inside `root` into `markup`: elements that stay keep their identity, focus and scrolling.
 * @param {Element} root @param {Markup} markup */
export function render(root, markup) {
  const wanted = parse(markup.text);
  wanted.querySelectorAll("[data-part]").forEach((each, n) => wantedParts.set(each, markup.parts[n]));
  morphChildren(root, wanted);
}

/** How many parts are kept as they were parsed: who scrubs comes back to them. */
const KEPT = 1000;
/** @type {Map<string, Element>} the oldest first */
const parsed = new Map();

/** The element that a part stands for, or the element itself: it is compared with, and never put into the page. @param {Element} element */
function whole(element) {
  const text = wantedParts.get(element);
  if (text === undefined) return element;
  const found = parsed.get(text) ?? /** @type {Element} */ (parse(text).firstElementChild);
  parsed.set(text, found);
  for (const oldest of parsed.keys()) {
    if (parsed.size <= KEPT) break;
    parsed.delete(oldest);
  }
  return found;
}

/** A copy of what is new, ready to be shown. @param {ChildNode} node @returns {Node} */
function ready(node) {
  if (!(node instanceof Element)) return document.importNode(node);
  const element = document.importNode(whole(node), true);
  const text = wantedParts.get(node);
  if (text !== undefined) shownParts.set(element, text);
  const parts = node.querySelectorAll("[data-part]");
  element.querySelectorAll("[data-part]").forEach((each, n) => each.replaceWith(ready(/** @type {Element} */ (parts[n]))));
  for (const each of [element, ...element.querySelectorAll("*")]) settle(each);
  return element;
}

/** @param {Node} node @returns {string} */
const nameOf = (node) => node instanceof Element ? `${node.tagName} ${node.getAttribute("data-key") ?? ""}` : node.nodeName;

/** @param {ChildNode} one @param {ChildNode} other */
const alike = (one, other) => one.nodeName === other.nodeName
  && (!(one instanceof Element && other instanceof Element) || one.getAttribute("data-key") === other.getAttribute("data-key"));

/** Elements are matched by `data-key`, others by their kind, in order.
 * @param {Node} old @param {Node} wanted */
function morphChildren(old, wanted) {
  let [place, next] = [old.firstChild, wanted.firstChild];
  while (place && next && alike(place, next)) {
    const [stays, becomes] = [place, next];
    [place, next] = [place.nextSibling, next.nextSibling];
    morph(stays, becomes);
  }
  if (place || next) arrange(old, place, next);
}

/** Go on where the order or the kinds differ. @param {Node} old @param {ChildNode | null} place @param {ChildNode | null} next */
function arrange(old, place, next) {
  /** @type {Map<string, ChildNode[]>} */
  const known = new Map();
  for (let each = place; each; each = each.nextSibling) known.set(nameOf(each), [...(known.get(nameOf(each)) ?? []), each]);
  for (let each = next; each; each = next) {
    next = each.nextSibling;
    const same = known.get(nameOf(each))?.shift();
    if (same === undefined) {
      old.insertBefore(ready(each), place);
      continue;
    }
    if (same.contains(document.activeElement)) { // what is moved loses the focus: let the others make way
      while (place && place !== same) {
        const after = place.nextSibling;
        old.appendChild(place);
        place = after;
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
  const text = wantedParts.get(wanted);
  if (text !== undefined && shownParts.get(old) === text) return;
  const becomes = whole(wanted);
  if (text === undefined) shownParts.delete(old);
  else shownParts.set(old, text);
  morphAttributes(old, becomes);
  morphChildren(old, becomes);
  settle(old);
}

/** @param {Element} old @param {Element} wanted */
function morphAttributes(old, wanted) {
  const opens = old.tagName === "DETAILS" || old.tagName === "DIALOG"; // these are opened by whoever looks
  for (const name of old.getAttributeNames()) {
    if (!wanted.hasAttribute(name) && name !== "style" && !(opens && name === "open")) old.removeAttribute(name);
  }
  for (const name of wanted.getAttributeNames()) {
    const value = wanted.getAttribute(name) ?? "";
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

/** What `css` an element was last given. @type {WeakMap<Element, string>} */
const styles = new WeakMap();

/** Bring what is no attribute into line: `css` (a style attribute would be refused), and what an input holds.
 * @param {Element} element */
function settle(element) {
  const css = element.getAttribute("css") ?? "";
  if (element instanceof HTMLElement && (styles.get(element) ?? "") !== css) {
    element.style.cssText = css;
    styles.set(element, css);
  }
  if (element instanceof HTMLInputElement && element.type !== "file") {
    const value = element.getAttribute("value");
    if (value !== null && element.value !== value) element.value = value;
    if (element.type === "checkbox" || element.type === "radio") element.checked = element.hasAttribute("checked");
  }
  if (element instanceof HTMLOptionElement) element.selected = element.hasAttribute("selected");
}
