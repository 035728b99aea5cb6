// @ts-check
/** Stories that are taken away as files, and brought back. */
import { eventsFile, mermaid, svg } from "../../export.js";
import { redraw, say } from "../../page.js";
import { openShareFile, shareFile } from "../../share.js";
import { titleOf } from "../../telling/titles.js";
import { begin, st } from "./state.js";
import { show, start } from "./visiting.js";
import { stop } from "./transport.js";

/** @typedef {import("../../story.js").Told} Told */

/** In which forms a story can be taken away: how the file's name ends, its type, its text. @type {Record<string, [string, string, (told: Told) => string]>} */
const FORMS = {
  svg: ["svg", "image/svg+xml", (told) => svg(told, titleOf(told.story))],
  mmd: ["mmd", "text/plain", (told) => mermaid(told)],
  json: ["events.json", "application/json", ({ story }) => eventsFile(story)],
  share: ["story.json", "application/json", ({ story }) => shareFile(story)],
};

/** Save the story that is shown. @param {string} form */
export function take(form) {
  if (!st.told) return;
  const [ending, type, text] = FORMS[form];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text(st.told)], { type }));
  link.download = `${st.told.story.id}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Show the story of a share file. @param {File | undefined} file */
export async function open(file) {
  if (!file) return;
  try {
    const story = await openShareFile(file);
    stop();
    begin({ shared: true, list: st.list });
    show(story);
    start(null);
    say(`${titleOf(story)} was opened from a file.`);
  } catch (error) {
    st.problem = error instanceof Error ? error.message : String(error);
  }
  redraw();
}

/** @param {DragEvent} event */
function dropped(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (event.type === "drop") void open(event.dataTransfer.files[0]);
}

/** Let files be dropped on the page, or no longer. @param {boolean} may */
export function letDrop(may) {
  for (const type of /** @type {const} */ (["dragover", "drop"])) {
    if (may) document.addEventListener(type, dropped);
    else document.removeEventListener(type, dropped);
  }
}
