// @ts-check
/** What the shops sell: this is the merchants' own affair, the sandbox knows nothing of it. */
import { exponent } from "../../money.js";

/** Names, what they are, prices in minor units; and sales tax in basis points.
 * @type {Record<string, { goods: [string, string, number][], tax: number }>} */
const SHOPS = {
  mch_blue_door_books: { goods: [["The Clearing House", "hardback", 3200], ["Double Entry for All", "paperback", 2250], ["A Hold Is Not a Debit", "pamphlet", 600]], tax: 717 },
  mch_larkspur_cafe: { goods: [["Flat white", "large", 480], ["Almond croissant", "warm", 425], ["Soup of the day", "with bread", 890]], tax: 0 },
  mch_bora_ceramics: { goods: [["Glazed bowl", "blue", 2800], ["Espresso cup", "pair", 1950], ["Umbrella stand", "against the wind", 8900]], tax: 0 },
  mch_kitsune_paper: { goods: [["Washi, ten sheets", "mulberry", 1480], ["Origami set", "foxes", 960], ["Ink stone", "small", 4200]], tax: 1000 },
  mch_manama_pearls: { goods: [["Pearl studs", "a pair", 18500], ["Silver clasp", "plain", 4250], ["Silk pouch", "red", 1750]], tax: 0 },
};

/** @param {any} merchant @returns {{ goods: [string, string, number][], tax: number }} */
export const shopOf = (merchant) => {
  const unit = 10 ** exponent(merchant?.currency ?? "USD");
  return SHOPS[merchant?.id] ?? { goods: [["One thing", "of many", 20 * unit], ["Another", "of the same", 5 * unit]], tax: 0 };
};

/** What a basket comes to, in minor units. @param {any} merchant @param {number[]} counts of each of the goods */
export function basketOf(merchant, counts) {
  const { goods, tax } = shopOf(merchant);
  const lines = goods.map(([name, kind, price], n) => ({ name, kind, price, count: counts[n] ?? 0 }));
  const net = lines.reduce((sum, each) => sum + each.price * each.count, 0);
  const taxes = Math.floor((net * tax + 5000) / 10000);
  return { lines, taxes, total: net + taxes };
}
