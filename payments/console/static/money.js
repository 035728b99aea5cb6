// @ts-check
/** Money: whole minor units, shown without ever becoming a fraction. Exponents are those of ISO 4217. */

/** @type {Record<string, number>} */
const EXPONENTS = {};
for (const each of "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ")) EXPONENTS[each] = 0;
for (const each of "BHD IQD JOD KWD LYD OMR TND".split(" ")) EXPONENTS[each] = 3;
for (const each of "CLF UYW".split(" ")) EXPONENTS[each] = 4;

/** @type {Record<string, string>} */
const SIGNS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥" };

/** How many digits of a currency stand behind the point. @param {string} currency */
export const exponent = (currency) => EXPONENTS[currency] ?? 2;

/** `5841` is `58.41`. @param {number} minor @param {string} [currency] @returns {string} */
export function amount(minor, currency = "USD") {
  const digits = exponent(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return (minor < 0 ? "−" : "") + whole + (digits ? "." + text.slice(-digits) : "");
}

/** `5841` is `$58.41`; a currency without a sign is written behind. @param {number} minor @param {string} [currency] */
export function money(minor, currency = "USD") {
  const sign = SIGNS[currency];
  if (!sign) return `${amount(minor, currency)} ${currency}`;
  return minor < 0 ? `−${sign}${amount(-minor, currency)}` : sign + amount(minor, currency);
}

/** What a person typed, `58.41`, in minor units; null if it is no amount. @param {string} text @param {string} [currency] */
export function minorUnits(text, currency = "USD") {
  const digits = exponent(currency);
  const found = /^(\d{1,12})(?:\.(\d*))?$/.exec(text.replace(/[,\s$€£¥]/g, ""));
  if (!found || (found[2] ?? "").length > digits) return null;
  return Number(found[1] + (found[2] ?? "").padEnd(digits, "0"));
}
