// @ts-check
/** Any event in one line: a short mark, a sentence, an amount. What is new and unknown gets its type and its facts. */
import { jobWords } from "./clock.js";
import { feed } from "./feed.js";
import { parts } from "./ledger.js";
import { money } from "./money.js";
import { clockText } from "./times.js";
import { short } from "./words.js";

/** @typedef {{ mark: string, text: string, amount: string, tone: "" | "ok" | "bad" | "quiet" }} Words */

/** @param {string} text */
const words = (text) => text.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** @param {string} id */
const who = (id) => short(feed.members.find((each) => each.id === id)?.name ?? words(id));

/** What was booked, in words. @type {Record<string, string>} */
const BOOKED = {
  authorize: "Authorized", clear_sale: "Sale cleared", settle: "Settled", push: "Push to a card", payout: "Paid out", deposit: "Deposit", top_up: "Topped up",
  capital: "Capital paid in", reverse_entry: "Corrected", release: "Let go", expire: "Time is over", funds_received: "Funds received",
};

/** What an entry was about. @param {string} event */
export const bookedWords = (event) => BOOKED[event] ?? words(event);

/** @param {string} text */
const titled = (text) => text.replaceAll("_", " ").replace(/\b[a-z]/g, (first) => first.toUpperCase());

/** `cardholder (Nora Patel)`, `due to network`. @param {string} id */
function account(id) {
  const { code, owner } = parts(id);
  const name = feed.members.some((each) => each.id === owner) ? who(owner) : owner.replace(/^(acct|mch|snd)_/, "");
  return code.replaceAll("_", " ") + (owner ? ` (${/^[0-9a-hjkmnp-tv-z]{26}$/.test(name) ? "…" + name.slice(-6) : titled(name)})` : "");
}

/** @param {any} data @returns {string} */
const sum = (data) => typeof data.amount === "number" && data.currency ? money(data.amount, data.currency) : "";

/** @type {Record<string, (event: any) => Words>} by the noun of the type */
const NOUNS = {
  message({ type, data }) {
    const code = data.code ?? "";
    const name = data.type ? words(data.type) : "";
    const text = type === "message.sent" ? `${who(data.sender)} → ${who(data.receiver)}: ${name}` : `arrived from ${who(data.sender)}`;
    return { mark: /^\d+$/.test(data.mti) ? data.mti : "msg", text: code ? `${text}, ${code}` : text, amount: sum(data), tone: type === "message.received" ? "quiet" : code && !/^(00|10|85)$/.test(code) ? "bad" : "" };
  },
  money({ type, data }) {
    const [[kind, debit, credit, amount, currency]] = data.transfers;
    const more = data.transfers.length > 1 ? `, and ${data.transfers.length - 1} more` : "";
    const mark = { "money.held": "hold", "money.released": "let go" }[/** @type {string} */ (type)] ?? "book";
    return { mark, text: `${bookedWords(data.event)}: ${account(debit)} → ${account(credit)}${kind === "expire" ? ", expired" : ""}${more}`, amount: money(amount, currency), tone: "" };
  },
  clock: ({ type, data }) => ({ mark: "clock", text: type === "clock.wound" ? `Wound to ${clockText(Date.parse(data.to))}` : words(type.split(".")[1]), amount: "", tone: "" }),
  job: ({ type, subject, data }) => ({ mark: "job", text: type === "job.failed" ? `${jobWords(subject)}: it failed (${data.error})` : `${jobWords(subject)}${data.done > 1 ? ` (${data.done})` : ""}`, amount: "", tone: type === "job.failed" ? "bad" : "" }),
  notification: ({ data }) => ({ mark: "phone", text: [data.title, data.text].filter(Boolean).join(". "), amount: "", tone: "" }),
  fault: ({ type, data }) => ({ mark: "fault", text: `${type === "fault.armed" ? "Armed" : "Injected"}: ${facts(data)}`, amount: "", tone: "bad" }),
};

/** The plain facts of an event. @param {any} data */
const facts = (data) => Object.entries(data).filter(([name, value]) => ["string", "number"].includes(typeof value) && value !== "" && !/_at$|_amount$|^(move|from|amount|currency|response_code)$/.test(name))
  .slice(0, 5).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(", ");

/** @param {{ type: string, subject: string, data: any }} event @returns {Words} */
export function eventWords(event) {
  const [noun, state] = event.type.split(".");
  try {
    if (NOUNS[noun]) return NOUNS[noun](event);
  } catch { /* a form that is new: as any other */ }
  const { data } = event;
  const from = data?.from && noun !== "clock" ? `${data.from} → ` : "";
  const told = facts(data ?? {});
  const tone = /declined|failed|refused|unknown|rejected|returned/.test(state) ? "bad" : /authorized|paid|settled|approved|completed/.test(state) ? "ok" : "";
  return { mark: "state", text: `${words(noun)}: ${from}${words(state ?? "").toLowerCase()}${told ? ` · ${told}` : ""}`, amount: sum(data ?? {}), tone };
}
