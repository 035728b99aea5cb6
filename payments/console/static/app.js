// @ts-check
/** The page: its shell, its addresses, and the one place where it is drawn. */
import { clock } from "./clock.js";
import { connect, feed } from "./feed.js";
import { icon, logo } from "./icons.js";
import { common, page } from "./page.js";
import { render } from "./morph.js";
import { html } from "./template.js";

/**
 * A screen. `view` is what it shows; what has `data-do="name"` calls `actions.name(its data-arg, the element, the event)`
 * when it is clicked, submitted, typed into (input) or chosen (select, checkbox, radio, file).
 * @typedef {{ title: string, open: (params: Record<string, string>, query: URLSearchParams) => void, close: () => void,
 *   view: () => import("./template.js").Markup, actions: Record<string, (arg: string, element: any, event: any) => void>,
 *   key?: (event: KeyboardEvent) => void }} Screen
 */

const NAV = [["/", "Theatre"], ["/shop", "Shop & desk"], ["/books", "Books"], ["/lessons", "Lessons"], ["/log", "Log"], ["/docs", "API"]];

/** @type {[RegExp, string, () => Promise<{ default: Screen }>][]} */
const ROUTES = [
  [/^\/(?:p\/(?<id>[^/]+))?$/, "/", () => import("./screens/theatre.js")],
  [/^\/shop$/, "/shop", () => import("./screens/desk.js")],
  [/^\/books$/, "/books", () => import("./screens/books.js")],
  [/^\/books\/(?<account>[^/]+)$/, "/books", () => import("./screens/account.js")],
  [/^\/lessons(?:\/(?<name>[^/]+))?$/, "/lessons", () => import("./screens/lessons.js")],
  [/^\/log$/, "/log", () => import("./screens/log.js")],
];

/** @type {Screen | null} */
let screen = null;
let current = "/";
let drawing = false;
let visit = 0;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const listener = /** @type {HTMLElement} */ (document.getElementById("say"));

function shell() {
  return html`<a class="skip" href="#main">Skip to content</a>
<header class="top" data-key="top"><a class="brand" href="/">${logo}payments sandbox</a>
<nav aria-label="Main">${NAV.map(([path, name]) => html`<a href="${path}" data-key="${path}" ${path === current && html`aria-current="page"`}>${name}</a>`)}</nav>
<div class="right"><span class="live ${!feed.connected && (feed.run ? "off" : "soon")}" data-key="live">${feed.connected || !feed.run ? "Live" : "Not connected"}</span>${clock.view()}<button class="icon-btn" data-key="theme" data-do="theme" aria-label="Switch between light and dark">${icon("sun")}</button></div></header>
<main id="main" tabindex="-1" data-key="main" data-screen="${screen?.title ?? ""}">${screen?.view()}</main>`;
}

function draw() {
  drawing = false;
  render(root, shell());
}

page.redraw = () => {
  if (!drawing) requestAnimationFrame(draw);
  drawing = true;
};

page.go = (path, replace = false) => {
  history[replace ? "replaceState" : "pushState"](null, "", path);
  if (!replace) scrollTo(0, 0);
  void route();
};

page.say = (text) => { listener.textContent = text };

async function route() {
  const mine = (visit += 1);
  const path = location.pathname;
  for (const [pattern, home, load] of ROUTES) {
    const found = pattern.exec(path);
    if (!found) continue;
    const next = (await load()).default;
    if (mine !== visit) return; // meanwhile somebody went elsewhere
    if (screen && screen !== next) screen.close();
    [screen, current] = [next, home];
    document.title = `${next.title} · payments sandbox`;
    const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value ?? "")]));
    next.open(params, new URLSearchParams(location.search));
    page.redraw();
    return;
  }
  page.go("/", true);
}

/** @type {Screen["actions"]} */
const SHELL = {
  theme() {
    const style = document.documentElement.dataset;
    const dark = style.theme ? style.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    style.theme = dark ? "light" : "dark";
    remember("theme", style.theme);
  },
};

/** @param {string} name @param {string} value */
function remember(name, value) {
  try { localStorage.setItem(name, value) } catch { /* a browser may forbid it: then it is not remembered */ }
}

/** Which event of an element is its action. @param {Element} element */
function actsOn(element) {
  if (element instanceof HTMLFormElement) return "submit";
  if (element instanceof HTMLSelectElement) return "change";
  if (element instanceof HTMLInputElement) return ["checkbox", "radio", "file"].includes(element.type) ? "change" : "input";
  return element instanceof HTMLTextAreaElement ? "input" : "click";
}

/** @param {Event} event */
function act(event) {
  const element = event.target instanceof Element ? event.target.closest("[data-do]") : null;
  if (!(element instanceof HTMLElement) || actsOn(element) !== event.type) return;
  if (event.type === "submit") event.preventDefault();
  const name = element.dataset.do ?? "";
  const action = SHELL[name] ?? clock.actions[name] ?? screen?.actions[name] ?? common[name];
  if (!action) return;
  action(element.dataset.arg ?? "", element, event);
  page.redraw();
}

/** Links within the page stay within it. @param {MouseEvent} event */
function follow(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const path = link.getAttribute("href") ?? "";
  if (link.hasAttribute("download") || link.hasAttribute("target") || !ROUTES.some(([pattern]) => pattern.test(path.split("?")[0]))) return;
  event.preventDefault();
  page.go(path);
}

/** Somebody begins or ceases to point at what must not move meanwhile. @param {MouseEvent} event */
function pointed({ target, relatedTarget }) {
  const still = target instanceof Element && target.closest("[data-still]");
  if (still && !still.contains(/** @type {Node | null} */ (relatedTarget))) page.redraw();
}

/** @param {KeyboardEvent} event */
function key(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.altKey || target?.closest("input:not([type=range]), select, textarea, dialog")) return;
  screen?.key?.(event);
}

for (const type of ["click", "input", "change", "submit"]) document.addEventListener(type, act);
document.addEventListener("click", follow);
for (const type of /** @type {const} */ (["mouseover", "mouseout"])) document.addEventListener(type, pointed);
document.addEventListener("keydown", key);
addEventListener("popstate", () => void route());
feed.on((topic) => { if (topic !== "events") page.redraw() });
setInterval(() => { if (!feed.clock.frozen && !document.hidden) page.redraw() }, 1000);

try { document.documentElement.dataset.theme = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("theme") ?? "" } catch { /* as the system has it */ }
connect();
void route();
