// @ts-check
/** What a lesson asks of the theatre: how far one may go, which step is to be guessed, and what stands beside it. */

/**
 * @typedef {{ furthest: (steps: import("./story.js").Step[]) => number, asks: (n: number) => boolean, panel: (n: number) => import("./template.js").Markup | null }} Guide
 * `furthest`: the last step that may be shown; `asks(n)`: the step after the first n is to be guessed; `panel(n)`: what
 * stands where the message is read otherwise, or null.
 */

export const guide = {
  /** @type {Guide | null} nobody, while nobody learns */
  now: null,
};
