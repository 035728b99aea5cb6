// @ts-check
/** Share files: one story, to be shown without the sandbox it happened in. What somebody else has written is not trusted. */
import { tell } from "./story.js";

/** @typedef {import("./story.js").Story} Story */
/** @typedef {"text" | "number" | "maybe text" | "maybe boolean" | "anything" | readonly [Shape] | { [name: string]: Shape }} Shape of a value; `[shape]` is a list, `{"*": shape}` has any names */

const FORMAT = "payments-sandbox story";
const LARGEST_MB = 20;

/** @type {Shape} */
const BALANCE = { debits: "number", credits: "number", held_debits: "number", held_credits: "number" };

/** @type {Shape} */
const EVENT = { position: "number", type: "text", institution: "text", subject: "text", reference: "text", at: "text", data: { "*": "anything" }, own: "maybe boolean" };

/** @type {Shape} */
const MESSAGE = { format: "text", wire: "maybe text", fields: [{ number: "number", tag: "text", name: "text", value: "text", meaning: "text" }] };

/** @type {Shape} */
const SOURCE = { file: "text", line: "number", function: "text", text: "text" };

/** @type {Shape} what the page relies on */
const STORY = {
  id: "text", kind: "text", direction: "text", amount: "number", currency: "text", references: ["text"], events: [EVENT],
  parties: [{ id: "text", name: "text", role: "text", part: "text", kind: "maybe text", product: "maybe text" }],
  accounts: { "*": { book: "text", code: "text", owner: "text", name: "text", kind: "text", currency: "text" } },
  opening: { "*": BALANCE }, entry_mode: "maybe text", description: "maybe text", channel: "maybe text",
};

/** By type of event: what its data must have. @type {[RegExp, Shape][]} */
const DATA = [
  [/^message\./, { sender: "text", receiver: "text", mti: "text" }],
  [/^message\.sent$/, { type: "text" }],
  [/^money\./, { event: "text", transfers: [["anything"]] }],
  [/^notification\.sent$/, { title: "text", text: "text" }],
];

/** What is wrong with a value, in words; empty if nothing is. @param {any} value @param {Shape} shape @param {string} where @returns {string} */
function wrong(value, shape, where) {
  if (shape === "anything") return "";
  if (typeof shape === "string") {
    const [maybe, type] = shape.startsWith("maybe ") ? [true, shape.slice(6)] : [false, shape];
    if (maybe && (value === undefined || value === null)) return "";
    if (type === "number") return Number.isSafeInteger(value) ? "" : `${where} is no whole number`;
    return typeof value === (type === "text" ? "string" : type) ? "" : `${where} is no ${type}`;
  }
  if (isList(shape)) return Array.isArray(value) ? firstWrong(value.map((each, n) => [each, shape[0], `${where}[${n}]`])) : `${where} is no list`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${where} is missing`;
  const names = "*" in shape ? Object.keys(value) : Object.keys(shape);
  return firstWrong(names.map((name) => [value[name], shape["*"] ?? shape[name], `${where}.${name}`]));
}

/** @param {Shape} shape @returns {shape is readonly [Shape]} */
const isList = (shape) => Array.isArray(shape);

/** @param {[any, Shape, string][]} values */
function firstWrong(values) {
  for (const each of values) {
    const found = wrong(...each);
    if (found) return found;
  }
  return "";
}

/** @param {import("./story.js").StoryEvent} event @param {number} n */
function wrongWithEvent(event, n) {
  const where = `story.events[${n}]`;
  return (Number.isNaN(Date.parse(event.at)) ? `${where}.at is no time` : "")
    || firstWrong(DATA.filter(([type]) => type.test(event.type)).map(([, shape]) => [event.data, shape, `${where}.data`]))
    || (event.message ? wrong(event.message, MESSAGE, `${where}.message`) : "")
    || (event.source ? wrong(event.source, SOURCE, `${where}.source`) : "")
    || (event.type.startsWith("money.") && !event.data.transfers.every(isTransfer) ? `${where}.data.transfers are not whole` : "");
}

/** @param {unknown[]} transfer */
const isTransfer = ([kind, debit, credit, amount, currency, purpose]) =>
  [kind, debit, credit, currency, purpose].every((each) => typeof each === "string") && Number.isSafeInteger(amount);

/** The whole story as a file that replays without a server. @param {Story} story */
export const shareFile = (story) => JSON.stringify({ format: FORMAT, version: 1, story }, null, 1);

/** The story in a share file. Throws an error that says what is wrong with it. @param {File} file @returns {Promise<Story>} */
export async function openShareFile(file) {
  if (file.size > LARGEST_MB * 1e6) throw new Error(`This file is larger than ${LARGEST_MB} MB: no story is.`);
  return readShareFile(await file.text());
}

/** @param {string} text @returns {Story} */
export function readShareFile(text) {
  let found;
  try { found = JSON.parse(text) } catch { throw new Error("This file is not JSON.") }
  if (found?.format !== FORMAT || found.version !== 1) throw new Error("This is not a share file of the payments sandbox.");
  const { story } = found;
  const what = wrong(story, STORY, "story") || story.events.map(wrongWithEvent).find(Boolean);
  if (what) throw new Error(`The story in this file is damaged: ${what}.`);
  try {
    if (tell(story).steps.length) return story;
  } catch { /* said below */ }
  throw new Error("The story in this file cannot be told.");
}
