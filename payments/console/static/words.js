// @ts-check
/** Words for things: names made short, codes spelled out, what an entry is for. */

/** @typedef {import("./story.js").Story} Story */

/** @type {Record<string, string>} */
const CHANNELS = { mobile_app: "Mobile app", bank_branch: "Bank branch", web: "Web", api: "API", file: "File" };

/** @type {Record<string, string>} */
const NOTES = {
  authorization: "purchase", disbursement_fee: "fee", merchant_fee: "fee", funding_fee: "fee", original_credit: "push", account_funding: "pull",
  not_available_yet: "on hold", original_credit_return: "return", debit_adjustment: "adjustment",
};

/** `insufficient_funds` in words. @param {string} word */
export const spelled = (word) => word.replaceAll("_", " ");

/** @param {string} channel */
export const channelName = (channel) => CHANNELS[channel] ?? spelled(channel);

/** What an entry is for, in a word or two. @param {string} purpose */
export const noteOf = (purpose) => NOTES[purpose] ?? spelled(purpose);

/** The first words of a house: without what it is. @param {string} name */
export const short = (name) => name.replace(/ (Bank|Credit Union|Acquiring|Merchant)$/, "");

/** The given name of a person. @param {string} name */
export const given = (name) => name.split(" ")[0];

/** Whoever plays a part in a story, the first of them. @param {Story} story @param {string} role */
export const partyOf = (story, role) => story.parties.find((each) => each.role === role);
