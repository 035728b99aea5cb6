// @ts-check
/** What every screen may ask of the page around it. `app.js` says how it is done. */

/** @type {{ redraw: () => void, go: (path: string, replace?: boolean) => void, say: (text: string) => void }} */
export const page = { redraw() {}, go() {}, say() {} };

/** Draw the page anew, once, in the next frame. */
export const redraw = () => page.redraw();

/** Go to an address of the page. @param {string} path @param {boolean} [replace] instead of the one before */
export const go = (path, replace) => page.go(path, replace);

/** Tell whoever listens to the page (a screen reader). @param {string} text */
export const say = (text) => page.say(text);

/** Does somebody point at what says `data-still="name"`? It is not to move then; when they look up, all is drawn anew. @param {string} name */
export const pointedAt = (name) => matchMedia("(hover: hover)").matches && document.querySelector(`[data-still="${name}"]:hover`) !== null;

/** What can be done on more than one screen (the theatre is used by lessons, too): by name, as in a screen's own actions.
 * @type {Record<string, (arg: string, element: any, event: any) => void>} */
export const common = {};
