// @ts-check
/** Times on the sandbox's clock, in UTC, in words. All take milliseconds since 1970. */

/** @param {Intl.DateTimeFormatOptions} options */
const form = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const TIME = form({ hour: "2-digit", minute: "2-digit" });
const EXACT = form({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = form({ weekday: "short", day: "numeric", month: "short" });

/** `23:45` @param {number} at */
export const hour = (at) => TIME.format(at);

/** `23:45:09` @param {number} at */
export const second = (at) => EXACT.format(at);

/** `Tue 14 Oct` @param {number} at */
export const date = (at) => DAY.format(at).replace(",", "");

/** `Tue 14 Oct 14:03:07` @param {number} at */
export const clockText = (at) => `${date(at)} ${second(at)}`;

/** `23:45`, and on another day than `from` `Wed 15 Oct 10:00` @param {number} at @param {number} from */
export const when = (at, from) => date(at) === date(from) ? hour(at) : `${date(at)} ${hour(at)}`;

/** How long until then: `in 45 min` @param {number} at @param {number} from */
export function until(at, from) {
  const minutes = Math.round((at - from) / 60_000);
  if (minutes < 1) return at <= from ? "due now" : "in less than a minute";
  if (minutes < 60) return `in ${minutes} min`;
  if (minutes < 2880) return `in ${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return `in ${Math.floor(minutes / 1440)} days`;
}

/** As the API takes it. @param {number} at */
export const rfc3339 = (at) => new Date(at).toISOString().replace(".000Z", "Z");
