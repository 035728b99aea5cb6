// @ts-check
/** A story to take away: a picture (SVG), Mermaid text, or its events. */
import { laneName } from "./story.js";
import { escape } from "./template.js";

/** @typedef {import("./story.js").Told} Told @typedef {import("./story.js").Story} Story @typedef {import("./story.js").Step} Step */

/** Its events, as the API gives them. @param {Story} story */
export const eventsFile = (story) => JSON.stringify(story.events.map(({ own, message, source, ...event }) => event), null, 1);

/** @param {Told} told @param {number} [n] */
export function mermaid(told, n = told.steps.length) {
  const name = (/** @type {string} */ text) => text.replace(/[;#:\n\r]/g, " ");
  const ids = new Map(told.lanes.map((each, k) => [each.id, `p${k + 1}`]));
  const lines = ["sequenceDiagram", ...told.lanes.map((each) => `  participant ${ids.get(each.id)} as ${name(each.name)}`)];
  let phase = "";
  for (const step of told.steps.slice(0, n)) {
    if (step.phase !== phase) {
      phase = step.phase;
      lines.push(`  Note over p1,p${told.lanes.length}: ${name(phase.split("|").join(", "))}`);
    }
    const arrow = step.lost ? "-x" : step.shape === "answer" ? "-->>" : "->>";
    const [from, to] = [ids.get(step.from), ids.get(step.to)];
    lines.push(`  ${from}${arrow}${to}: ${name([step.code, step.rc, step.label].filter(Boolean).join(" "))}`);
    if (step.shape === "money") lines.push(`  Note over ${from},${to}: money moves`);
    const holds = step.written.filter((each) => each.kind === "hold").length;
    if (holds) lines.push(`  Note over ${from}: held, not booked`);
  }
  return `${lines.join("\n")}\n`;
}

// ── the picture ──────────────────────────────────────────────────────────────────────────────────────────

const LIGHT = { bg: "#ffffff", ink: "#17212e", mut: "#536174", line: "#d9e0e8", ok: "#0f7a3d", bad: "#b3261e", cardholder: "#00795c", recipient: "#00795c", merchant: "#a85400", channel: "#a85400", sender: "#8a5a00", acquirer: "#8a3a86", network: "#4b5a6d", issuer: "#0b5fb3", bank: "#5b5fc7" };
const DARK = { bg: "#141b25", ink: "#e8eef6", mut: "#9aa9bd", line: "#2a3647", ok: "#53d58a", bad: "#ff8a80", cardholder: "#3ecfa4", recipient: "#3ecfa4", merchant: "#f3a34e", channel: "#f3a34e", sender: "#dcb65a", acquirer: "#dc8fd6", network: "#a9b8cb", issuer: "#6db3f8", bank: "#aab0ff" };

const [LEFT, LANE, HEAD, ROW, PHASE] = [76, 158, 66, 36, 30];

/** @param {Record<string, string>} colours */
const variables = (colours) => Object.entries(colours).map(([name, value]) => `--${name}:${value}`).join(";");

const STYLE = `svg{${variables(LIGHT)}}@media(prefers-color-scheme:dark){svg{${variables(DARK)}}}`
  + "text{font:13px system-ui,sans-serif;fill:var(--ink)}.m{font:12px ui-monospace,monospace}.b{font-weight:600}.mut{fill:var(--mut)}.mid{text-anchor:middle}.t{font:11px ui-monospace,monospace;fill:var(--mut)}"
  + ".life{stroke:var(--line);stroke-width:1.5;stroke-dasharray:4 4}.rule{stroke:var(--line)}.w{stroke-width:2;fill:none}.a{stroke-dasharray:7 4}.c{stroke-width:5;fill:none}.halo{stroke:var(--bg);stroke-width:5;paint-order:stroke;stroke-linejoin:round}"
  + Object.keys(LIGHT).slice(6).map((role) => `.p-${role}{--c:var(--${role})}`).join("") + ".k{stroke:var(--c)}.f{fill:var(--c)}.ok{fill:var(--ok)}.no{fill:var(--bad)}";

/** The story as one self-contained SVG, for light and dark. @param {Told} told @param {string} title @param {number} [n] */
export function svg(told, title, n = told.steps.length) {
  const width = LEFT + told.lanes.length * LANE;
  const x = (/** @type {string} */ id) => LEFT + (told.index[id] + 0.5) * LANE;
  const parts = [];
  let y = HEAD;
  let phase = "";
  let time = "";
  for (const step of told.steps.slice(0, n)) {
    if (step.phase !== phase) {
      phase = step.phase;
      const [name, sub] = phase.split("|");
      parts.push(`<line class="rule" x1="8" x2="${width - 8}" y1="${y + 15}" y2="${y + 15}"/><text class="halo" x="8" y="${y + 19}"><tspan class="b">${escape(name)}</tspan> <tspan class="mut">${escape(sub ?? "")}</tspan></text>`);
      y += PHASE;
    }
    const now = step.at.slice(11, 19);
    parts.push(row(told, step, x, y, now === time ? "" : now));
    time = now;
    y += ROW;
  }
  const heads = told.lanes.map((each) => `<g class="p-${each.role}"><line class="life" x1="${x(each.id)}" x2="${x(each.id)}" y1="${HEAD - 8}" y2="${y}"/><text class="b mid" x="${x(each.id)}" y="28">${escape(each.name)}</text><text class="mid f" x="${x(each.id)}" y="46">${escape(each.part)}</text></g>`);
  const words = told.steps.slice(0, n).map((step) => `${step.n}. ${laneName(told, step.from)} to ${laneName(told, step.to)}: ${step.code} ${step.label}`).join(". ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 8}" width="${width}" height="${y + 8}" role="img" aria-labelledby="t d"><title id="t">${escape(title)}</title><desc id="d">${escape(words)}</desc><style>${STYLE}</style><rect width="${width}" height="${y + 8}" rx="10" fill="var(--bg)"/>\n${heads.join("\n")}\n${parts.join("\n")}\n</svg>\n`;
}

/** @param {Told} told @param {Step} step @param {(id: string) => number} x @param {number} y @param {string} time */
function row(told, step, x, y, time) {
  const role = told.lanes.find((each) => each.id === step.from)?.role ?? "network";
  const [from, to] = [x(step.from), x(step.to)];
  const label = `<tspan class="m f b">${escape(step.code)}</tspan>${step.rc ? ` <tspan class="m b ${step.good ? "ok" : "no"}">${escape(step.rc)}</tspan>` : ""} ${escape(step.label)}${step.lost ? ' <tspan class="no b">✗ lost</tspan>' : ""}${step.written.some((each) => each.kind === "hold") ? ' <tspan class="mut">(held)</tspan>' : ""}`;
  const clock = time && `<text class="t" x="8" y="${y + 20}">${time}</text>`;
  if (from === to) return `<g class="p-${role}">${clock}<circle class="f" cx="${from}" cy="${y + 22}" r="5"/><text class="halo" x="${from + 12}" y="${y + 26}">${label}</text></g>`;
  const way = Math.sign(to - from);
  const end = step.lost ? (from + to) / 2 : to;
  const middle = (from + to) / 2;
  const thick = step.shape === "money";
  const tip = thick ? 11 : 8;
  const head = `<path class="f" d="M${end} ${y + 27}l${-way * tip * 1.2} ${-tip * 0.62}v${tip * 1.24}z"/>`;
  const anchor = Math.min(Math.max(middle, 150), LEFT + told.lanes.length * LANE - 120);
  return `<g class="p-${role}">${clock}<line class="k ${thick ? "c" : "w"}${step.shape === "answer" ? " a" : ""}" x1="${from}" x2="${end - way * tip}" y1="${y + 27}" y2="${y + 27}"/>${head}<text class="mid halo" x="${anchor}" y="${y + 17}">${label}</text></g>`;
}
