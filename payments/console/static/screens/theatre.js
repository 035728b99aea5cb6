// @ts-check
/** The screen “Theatre”: one story, step by step, as it happens or as one likes to look at it. */
import { guide } from "../guide.js";
import { common } from "../page.js";
import { stepOf } from "../story.js";
import { html } from "../template.js";
import { actions, key } from "./theatre/actions.js";
import { bar } from "./theatre/bar.js";
import { booksView } from "./theatre/books.js";
import { header } from "./theatre/header.js";
import { messageView } from "./theatre/message.js";
import { messagesView } from "./theatre/messages.js";
import { begin, length, st } from "./theatre/state.js";
import { letDrop } from "./theatre/taking.js";
import { goTo, halt } from "./theatre/transport.js";
import { close, listen, show, visit } from "./theatre/visiting.js";
import { emptyView, missingView } from "./theatre/welcome.js";

/** @typedef {import("../story.js").Told} Told @typedef {import("../story.js").Story} Story */

Object.assign(common, actions);

/** @param {Told} told */
const stage = (told) => html`<div class="theatre ${st.moves && "moves"} ${st.playing && "playing"}" data-key="theatre" data-n="${st.n}" data-of="${length()}" data-story="${told.story.id}">${header(told)}
<div class="grid">${messagesView(told, st)}
<div class="rightcol">${guide.now?.panel(st.n) ?? messageView(told, st.n, st.tab)}${booksView(told, st.n)}</div></div>${
  st.shared && html`<p class="shared" role="status">This story comes from a file. <button class="plain-btn" data-do="theatre-leave">Back to the sandbox</button></p>`}${
  st.problem && html`<p class="sorry" role="alert">${st.problem}</p>`}${bar(told)}</div>`;

export default {
  title: "Theatre",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open({ id = "" }, query) {
    halt();
    const n = query.has("n") ? Number(query.get("n")) || 1 : null;
    if (st.told?.story.id === id && !st.shared && n !== null) goTo(n);
    else void visit(id, n);
    listen();
    letDrop(true);
  },
  close() {
    halt();
    close();
    letDrop(false);
  },
  view() {
    if (st.told && st.state === "there") return stage(st.told);
    if (st.state === "empty") return emptyView();
    return st.state === "missing" ? missingView() : html`<p class="boot" role="status">Opening the theatre …</p>`;
  },
  actions,
  key,

  // ── for lessons, which are taken in the theatre ──

  /** Show a story from its beginning, for a lesson. @param {Story} story @param {number[]} positions of events
   * @returns {number[]} the step that each of these events belongs to; -1 for none */
  play(story, positions) {
    halt();
    begin({ mode: "step", wanted: story.id });
    show(story);
    st.n = 0;
    const { told } = st;
    return positions.map((each) => (told && stepOf(told, each)) || -1);
  },
  /** How many steps are shown. */
  position: () => st.n,
  length,
  /** Go some steps on, or back. @param {number} by */
  step: (by) => goTo(st.n + by, by === 1),
};
