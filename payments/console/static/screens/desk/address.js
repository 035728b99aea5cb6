// @ts-check
/** A desk prefilled by its address, such as `/shop?sale=12.50&card=card_liam_ortiz&entry=chip` or
 * `/shop?push=31.50&from=company&to=card_omar_diallo&outcome=returned`. It only fills in: the button is still to be pressed.
 * What is not known here is left out, and said. */
import { minorUnits } from "../../money.js";
import { breaking, FAULTS, OUTCOMES } from "./breaking.js";
import { ENTRIES, sale, saleCurrency, takeUpSale } from "./checkout.js";
import { CHANNELS, fits, KINDS, push, takeUpPush } from "./push.js";
import { cardOf, shown, world } from "./state.js";

/** What the address could not be taken at its word for. @type {string[]} */
export const leftOut = [];

/** @param {any} place @param {any} change @param {"sale" | "push"} [side] */
const set = (place, change, side) => {
  Object.assign(place, change);
  if (side) shown.side = side;
  return true;
};
const among = (/** @type {string[][]} */ options, /** @type {string} */ value) => options.some(([each]) => each === value);

/** @param {string} value a kind of sender, or a sender */
function from(value) {
  const sender = world.senders.find((each) => each.id === value);
  if (sender) push.senders[sender.kind] = value;
  return (sender !== undefined || among(KINDS, value)) && set(push, { kind: sender?.kind ?? value }, "push");
}

/** What an address may say, in the order in which it is taken; each is false if its value is not known here.
 * @type {Record<string, (value: string) => boolean | Promise<boolean>>} */
const SAYS = {
  merchant: (value) => world.merchants.some((each) => each.id === value) && set(sale, { merchant: value }, "sale"),
  sale(value) {
    const minor = minorUnits(value, saleCurrency());
    return Boolean(minor) && set(sale, { typed: String(minor) }, "sale");
  },
  card: (value) => cardOf(value) !== undefined && set(sale, { card: value }, "sale"),
  entry: (value) => among(ENTRIES, value) && set(sale, { entry: value }, "sale"),
  capture: (value) => /^(now|later)$/.test(value) && set(sale, { capture: value }, "sale"),
  from,
  payer: (value) => cardOf(value) !== undefined && set(push, { payer: value, kind: "person", source: "card" }, "push"),
  to: (value) => cardOf(value) !== undefined && set(push, { to: value }, "push"),
  channel: (value) => among(CHANNELS, value) && set(push, { channel: value }, "push"),
  programme: (value) => fits(value) && set(push, { programmes: { ...push.programmes, [push.kind]: value } }, "push"),
  push: (value) => Boolean(minorUnits(value, "BHD")) && set(push, { amount: value }, "push"),
  fault: (value) => among(FAULTS, value) && set(breaking, { tab: "messages", hint: value }),
  outcome: (value) => among(OUTCOMES, value) && set(breaking, { tab: "outcomes", hint: value }),
  payment: takeUpSale,
  disbursement: (value) => takeUpPush("disbursement", value),
  transfer: (value) => takeUpPush("transfer", value),
};

/** Fill in what an address says. @param {URLSearchParams} query */
export async function takeAddress(query) {
  leftOut.length = 0;
  for (const [name, take] of Object.entries(SAYS)) {
    const value = query.get(name);
    if (value !== null && !(await take(value))) leftOut.push(`${name}=${value}`);
  }
  for (const name of query.keys()) if (!(name in SAYS) && name !== "theme") leftOut.push(name);
}
