// @ts-check
/** The screen “Shop & desk”: a mock merchant and a disbursement desk. It knows the sandbox by its API alone. */
import { feed } from "../feed.js";
import { redraw } from "../page.js";
import { html } from "../template.js";
import { leftOut, takeAddress } from "./desk/address.js";
import { batch, batchActions, batchHeard, take } from "./desk/batch.js";
import { breaking, breakingActions, breakingHeard, breakingLook, breakingView } from "./desk/breaking.js";
import { sale, saleActions, saleHeard, saleKey, saleView, takeUpSale } from "./desk/checkout.js";
import { codeActions, codeView } from "./desk/code.js";
import { phoneActions, phoneHeard, phoneView, pickUp } from "./desk/phone.js";
import { isBatch, push, pushActions, pushHeard, pushLook, pushView, takeUpPush } from "./desk/push.js";
import { recentHeard, recentLook, recentView } from "./desk/recent.js";
import { get, world } from "./desk/state.js";

let stop = () => {};
/** The world that was entered: another one starts over. */
let run = "";
/** What the address says is to be filled in. */
let address = new URLSearchParams();

/** Read the seeded world: whoever sells, sends and pays. */
async function enter() {
  const [cards, merchants, senders, programmes] = await Promise.all(["sandbox/cards", "merchants?limit=100", "senders?limit=100", "push_programmes"].map((each) => get(`/v1/${each}`)));
  world.problem = cards ? null : { title: "Nobody answers.", detail: "The sandbox cannot be read; this page goes on when it can." };
  if (!cards) return;
  Object.assign(world, { cards: cards.data, merchants: (merchants?.data ?? []).reverse(), senders: (senders?.data ?? []).reverse(), programmes: programmes?.data ?? [] });
  Object.assign(sale, { made: null, refunds: [] });
  Object.assign(push, { made: null, adjustment: null, quote: null, eligibility: null });
  batch.made = null;
  await fillIn();
}

async function fillIn() {
  await takeAddress(address);
  lookAround();
}

function lookAround() {
  for (const look of [pushLook, breakingLook, recentLook]) look();
  pickUp(push.to);
  redraw();
}

/** @param {import("../feed.js").Topic} topic @param {import("../feed.js").SandboxEvent[]} events */
function heard(topic, events) {
  if (topic === "run") {
    const other = run !== "" && run !== feed.run;
    run = feed.run;
    if (other) void enter();
  }
  if (topic === "connection" && feed.connected) world.cards.length ? lookAround() : void enter();
  if (topic === "events") for (const each of [saleHeard, pushHeard, batchHeard, phoneHeard, breakingHeard, recentHeard]) each(events);
}

/** A file may be dropped anywhere on the screen while the desk asks for one. @param {DragEvent} event */
function dragged(event) {
  if (!isBatch() || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  batch.over = event.type === "dragover";
  if (event.type === "drop") void take(event.dataTransfer.files[0]).then(redraw);
  redraw();
}

const DRAGGED = /** @type {const} */ (["dragover", "dragleave", "drop"]);
/** The room of what is being read. */
const SOON = html`${[1, 2, 3].map((each) => html`<section class="panel d-soon" data-key="soon${each}" aria-hidden="true"></section>`)}`;
const places = { sale, push, batch, breaking };

export default {
  title: "Shop & desk",
  /** @param {Record<string, string>} params @param {URLSearchParams} query */
  open(params, query) {
    stop();
    address = query;
    breaking.hint = "";
    const unlisten = feed.on(heard);
    for (const each of DRAGGED) document.addEventListener(each, dragged);
    stop = () => {
      unlisten();
      for (const each of DRAGGED) document.removeEventListener(each, dragged);
    };
    if (world.cards.length && run === feed.run) return void fillIn();
    run = feed.run;
    void enter();
  },
  close() { stop() },
  view: () => html`<div class="d-hd"><h1 class="screen">Shop &amp; desk</h1><p>${leftOut.length ? html`The address says <code>${leftOut.join(" ")}</code>: that is not known here, and was left out.` : "Start a payment here. It plays in the theatre as it happens."}</p></div>
${world.problem && html`<p class="d-problem" role="alert"><b>${world.problem.title}</b> ${world.problem.detail}</p>`}
<div class="d-cols">${world.cards.length ? html`${saleView()}${pushView(phoneView())}<div class="d-side">${codeView()}${breakingView()}${recentView()}</div>` : SOON}</div>`,
  /** @type {Record<string, (arg: string, element: any, event: any) => void>} */
  actions: {
    ...saleActions, ...pushActions, ...batchActions, ...breakingActions, ...codeActions, ...phoneActions,
    card: (arg, element) => { saleActions.card(arg, element); pickUp(arg) },
    kind: (arg, element) => { pushActions.kind(arg, element); pickUp(push.to) },
    to: (arg, element) => { pushActions.to(arg, element); pickUp(element.value) },
    takeUp: (arg) => {
      const [object, id] = arg.split(" ");
      void (object === "payment" ? takeUpSale(id) : takeUpPush(/** @type {"transfer"} */ (object), id)).then(() => { pickUp(push.to); redraw() });
    },
    dismiss: (arg) => { places[/** @type {"sale"} */ (arg)].problem = null },
  },
  key: saleKey,
};
