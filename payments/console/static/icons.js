// @ts-check
/** Icons: strokes on a 20 by 20 field, in the colour of the text around them. */
import { Markup } from "./template.js";

/** @type {Record<string, string>} */
const STROKES = {
  person: '<circle cx="10" cy="6.5" r="3.2"/><path d="M3.5 17c.6-3.6 3.1-5.5 6.5-5.5s5.9 1.9 6.5 5.5"/>',
  shop: '<path d="M3 8.5 4.500 3h11L17 8.500M3 8.500a2.300 2.300 0 0 0 4.700 0 2.300 2.300 0 0 0 4.600 0 2.300 2.300 0 0 0 4.700 0M4.500 11v6h11v-6M8.500 17v-3.500h3V17"/>',
  acquirer: '<rect x="3" y="4" width="14" height="12" rx="2"/><path d="M3 8h14M6 12.500h4"/>',
  network: '<circle cx="10" cy="4.500" r="2"/><circle cx="4.500" cy="15" r="2"/><circle cx="15.500" cy="15" r="2"/><path d="M9 6.300 5.500 13.200M11 6.300l3.500 6.900M6.500 15h7"/>',
  bank: '<path d="M2.500 8 10 3.500 17.500 8zM4.500 8v6.500M8.200 8v6.500M11.800 8v6.500M15.500 8v6.500M2.500 16.800h15"/>',
  reserve: '<rect x="3" y="3.500" width="14" height="13" rx="2"/><circle cx="10" cy="10" r="3.300"/><path d="M10 6.700V5M10 15v-1.700M6.700 10H5M15 10h-1.700M5.500 16.500V18M14.500 16.500V18"/>',
  city: '<path d="M4 17V8l6-4 6 4v9M2.500 17h15M10 4V1.500h3v1.700M8 17v-4h4v4M7 9.500h.1M10 9.500h.1M13 9.500h.1"/>',
  company: '<path d="M4 17V3.500h8V17M12 8h4v9M2.500 17h15M6.500 6.500h3M6.500 9.500h3M6.500 12.500h3"/>',
  phone: '<rect x="5.500" y="2" width="9" height="16" rx="2"/><path d="M9 15.300h2"/>',
  file: '<path d="M5 2.500h7l3.500 3.500v11.500H5zM12 2.500V6h3.500M7.500 10h5M7.500 13h5"/>',
  screen: '<rect x="2.500" y="4" width="15" height="10" rx="1.500"/><path d="M7 17h6M10 14v3"/>',
  code: '<path d="M7 6 3 10l4 4M13 6l4 4-4 4"/>',
  sun: '<circle cx="10" cy="10" r="3.400"/><path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.300 4.300l1.400 1.400M14.300 14.300l1.400 1.400M4.300 15.700l1.400-1.400M14.300 5.700l1.400-1.400"/>',
  check: '<path d="M4 10.500 8.200 15 16 5.500"/>',
  cross: '<path d="M5 5l10 10M15 5 5 15"/>',
  prev: '<path d="M12.500 4 6.500 10l6 6"/>',
  next: '<path d="M7.500 4l6 6-6 6"/>',
  first: '<path d="M14.500 4l-6 6 6 6M5 4v12"/>',
  last: '<path d="M5.500 4l6 6-6 6M15 4v12"/>',
  play: '<path d="M6 3.500v13l11-6.500z" fill="currentColor"/>',
  pause: '<path d="M6.500 4v12M13.500 4v12" stroke-width="3"/>',
  bolt: '<path d="M11 2 4.500 11.500H10L9 18l6.500-9.500H10z"/>',
  clock: '<circle cx="10" cy="10" r="7"/><path d="M10 5.500V10l3 2"/>',
  share: '<path d="M10 12.500V3M6.500 6 10 2.500 13.500 6M4 11v5.500h12V11"/>',
  tap: '<path d="M6 7.500a4 4 0 0 1 0 5M9 5.500a7 7 0 0 1 0 9M12 3.500a10 10 0 0 1 0 13"/>',
  copy: '<rect x="7" y="7" width="10" height="10" rx="1.500"/><path d="M13 7V3.500H3.500V13H7"/>',
};

/** @param {string} name @returns {Markup} */
export const icon = (name) => new Markup(
  `<svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${STROKES[name] ?? STROKES.file}</svg>`);

export const logo = new Markup('<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 8.500h15M14.500 5 18 8.500 14.500 12M21 15.500H6M9.500 12 6 15.500 9.500 19"/></svg>');

/** Two arrows: which way the words go, and which way the money. @param {"pull" | "push"} direction @returns {Markup} */
export const directionGlyph = (direction) => new Markup(
  `<svg class="dirglyph" viewBox="0 0 52 44" role="img" aria-label="${direction === "pull"
    ? "Pull: the request goes right, the money comes back left" : "Push: the instruction and the money both go right"}"><g fill="none" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path class="words" stroke-dasharray="4 4" d="M9 14h32"/><path class="words" d="M37 9.500 42 14l-5 4.500"/><path class="coins" stroke-width="4" d="${direction === "pull"
    ? "M43 31H12M17 26l-5.500 5 5.500 5" : "M9 31h31M35 26l5.500 5-5.500 5"}"/></g></svg>`);
