// @ts-check
/** Icons: strokes on a 20 by 20 field, in the colour of the text around them. */
import { Markup } from "./template.js";

/** @type {Record<string, string>} */
const STROKES = {
  person: '<circle cx="10" cy="6.5" r="3.2"/><path d="M3.5 17c.6-3.6 3.1-5.5 6.5-5.5s5.9 1.9 6.5 5.5"/>',
  shop: '<path d="M3 8.5 4.5 3h11L17 8.5M3 8.5a2.3 2.3 0 0 0 4.7 0 2.3 2.3 0 0 0 4.6 0 2.3 2.3 0 0 0 4.7 0M4.5 11v6h11v-6M8.5 17v-3.5h3V17"/>',
  acquirer: '<rect x="3" y="4" width="14" height="12" rx="2"/><path d="M3 8h14M6 12.5h4"/>',
  network: '<circle cx="10" cy="4.5" r="2"/><circle cx="4.5" cy="15" r="2"/><circle cx="15.5" cy="15" r="2"/><path d="M9 6.3 5.5 13.2M11 6.3l3.5 6.9M6.5 15h7"/>',
  bank: '<path d="M2.5 8 10 3.5 17.5 8zM4.5 8v6.5M8.2 8v6.5M11.8 8v6.5M15.5 8v6.5M2.5 16.8h15"/>',
  reserve: '<rect x="3" y="3.5" width="14" height="13" rx="2"/><circle cx="10" cy="10" r="3.3"/><path d="M10 6.7V5M10 15v-1.7M6.7 10H5M15 10h-1.7M5.5 16.5V18M14.5 16.5V18"/>',
  city: '<path d="M4 17V8l6-4 6 4v9M2.5 17h15M10 4V1.5h3v1.7M8 17v-4h4v4M7 9.5h.1M10 9.5h.1M13 9.5h.1"/>',
  company: '<path d="M4 17V3.5h8V17M12 8h4v9M2.5 17h15M6.5 6.5h3M6.5 9.5h3M6.5 12.5h3"/>',
  phone: '<rect x="5.5" y="2" width="9" height="16" rx="2"/><path d="M9 15.3h2"/>',
  file: '<path d="M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5M7.5 13h5"/>',
  screen: '<rect x="2.5" y="4" width="15" height="10" rx="1.5"/><path d="M7 17h6M10 14v3"/>',
  code: '<path d="M7 6 3 10l4 4M13 6l4 4-4 4"/>',
  sun: '<circle cx="10" cy="10" r="3.4"/><path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4"/>',
  check: '<path d="M4 10.5 8.2 15 16 5.5"/>',
  cross: '<path d="M5 5l10 10M15 5 5 15"/>',
  prev: '<path d="M12.5 4 6.5 10l6 6"/>',
  next: '<path d="M7.5 4l6 6-6 6"/>',
  first: '<path d="M14.5 4l-6 6 6 6M5 4v12"/>',
  last: '<path d="M5.5 4l6 6-6 6M15 4v12"/>',
  play: '<path d="M6 3.5v13l11-6.5z" fill="currentColor"/>',
  pause: '<path d="M6.5 4v12M13.5 4v12" stroke-width="3"/>',
  bolt: '<path d="M11 2 4.5 11.5H10L9 18l6.5-9.5H10z"/>',
  clock: '<circle cx="10" cy="10" r="7"/><path d="M10 5.5V10l3 2"/>',
  share: '<path d="M10 12.5V3M6.5 6 10 2.5 13.5 6M4 11v5.5h12V11"/>',
  tap: '<path d="M6 7.5a4 4 0 0 1 0 5M9 5.5a7 7 0 0 1 0 9M12 3.5a10 10 0 0 1 0 13"/>',
  copy: '<rect x="7" y="7" width="10" height="10" rx="1.5"/><path d="M13 7V3.5H3.5V13H7"/>',
};

/** @param {string} name @returns {Markup} */
export const icon = (name) => new Markup(
  `<svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${STROKES[name] ?? STROKES.file}</svg>`);

export const logo = new Markup('<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 8.5h15M14.5 5 18 8.5 14.5 12M21 15.5H6M9.5 12 6 15.5 9.5 19"/></svg>');

/** Two arrows: which way the words go, and which way the money. @param {"pull" | "push"} direction @returns {Markup} */
export const directionGlyph = (direction) => new Markup(
  `<svg class="dirglyph" viewBox="0 0 52 44" role="img" aria-label="${direction === "pull"
    ? "Pull: the request goes right, the money comes back left" : "Push: the instruction and the money both go right"}"><g fill="none" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path class="words" stroke-dasharray="4 4" d="M9 14h32"/><path class="words" d="M37 9.5 42 14l-5 4.5"/><path class="coins" stroke-width="4" d="${direction === "pull"
    ? "M43 31H12M17 26l-5.5 5 5.5 5" : "M9 31h31M35 26l5.5 5-5.5 5"}"/></g></svg>`);
