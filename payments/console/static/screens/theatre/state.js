// @ts-check
/** What the theatre knows: the story it shows, how far, and what stands beside it. */
import { guide } from "../../guide.js";

/** @typedef {import("../../story.js").Told} Told @typedef {import("../../story.js").Story} Story @typedef {import("../../story.js").Party} Party */
/** @typedef {Pick<Story, "id" | "kind" | "direction" | "amount" | "currency" | "parties"> & { status: string }} Summary of a story, for the list of the newest */
/** @typedef {{ job: string, at: string }} Due what happens next when the clock is wound */
/**
 * `wanted` is the id that the address asks for, `n` how many steps are shown; `moves` says that what is new is shown as it
 * comes, `shared` that the story comes from a file, `made` is the call that has wound the clock.
 * @typedef {{ wanted: string, told: Told | null, n: number, mode: "live" | "step", tab: string, playing: boolean, moves: boolean,
 *   state: "loading" | "there" | "empty" | "missing", shared: boolean, problem: string, list: Summary[], armed: number, due: Due | null,
 *   made: import("../../api.js").ApiRequest | null, busy: boolean }} State
 */

/** @returns {State} */
const fresh = () => ({
  wanted: "", told: null, n: 0, mode: "live", tab: "fields", playing: false, moves: false,
  state: "loading", shared: false, problem: "", list: [], armed: 0, due: null, made: null, busy: false,
});

/** The state. Whoever waited for something looks whether it is still the one that they waited for. */
export let st = fresh();

/** Begin anew: whatever is under way is for nobody any more. @param {Partial<State>} given */
export function begin(given) { st = { ...fresh(), ...given } }

/** Keep everything but what is under way. */
export function leave() { st = { ...st } }

/** How many steps the story has. */
export const length = () => st.told?.steps.length ?? 0;

/** How few may be shown: a lesson begins before the first. */
export const lowest = () => (guide.now ? 0 : Math.min(1, length()));

/** How many may be shown: a lesson stops where it asks something. */
export const furthest = () => (guide.now && st.told ? Math.min(guide.now.furthest(st.told.steps), length()) : length());

/** The step one looks at. */
export const current = () => st.told?.steps[st.n - 1];
