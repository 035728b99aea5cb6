// @ts-check
/** Calls of the API. Whatever is done on the page is a call that anybody can make: it can be shown in three forms. */

/**
 * @typedef {{ name: string, type: string, content: Blob }} Sent a file, sent as it is
 * @typedef {{ method: string, path: string, body?: any, key?: string, file?: Sent }} ApiRequest
 */

const demoKey = () => document.querySelector('meta[name="demo-key"]')?.getAttribute("content") ?? "";

let count = 0;
/** A new Idempotency-Key. */
export const newKey = () => `page-${Date.now().toString(36)}-${(count += 1)}`;

/**
 * Call the API with the demo key; what is posted gets an Idempotency-Key.
 * @param {string} method @param {string} path such as `/v1/payments` @param {any} [body]
 * @param {{ key?: string, file?: Sent }} [given] the key to use; a file in place of a body
 * @returns {Promise<{ status: number, body: any, request: ApiRequest }>} status 0: nobody answered
 */
export async function call(method, path, body, { key = method === "POST" ? newKey() : undefined, file } = {}) {
  /** @type {ApiRequest} */
  const request = { method, path, ...(body === undefined ? {} : { body }), ...(key ? { key } : {}), ...(file ? { file } : {}) };
  /** @type {Record<string, string>} */
  const headers = { Authorization: `Bearer ${demoKey()}` };
  if (key) headers["Idempotency-Key"] = key;
  if (file || body !== undefined) headers["Content-Type"] = file?.type ?? "application/json";
  try {
    const response = await fetch(path, { method, headers, body: file?.content ?? (body === undefined ? undefined : JSON.stringify(body)) });
    return { status: response.status, body: parsed(await response.text()), request };
  } catch (error) {
    return { status: 0, body: { title: "Nobody answers", detail: String(error) }, request };
  }
}

/** @param {string} text @returns {any} null if it is no JSON, as what stands between may send */
function parsed(text) {
  try { return JSON.parse(text) } catch { return null }
}

/** May it be asked for again, under the same key? Then it happens once, whatever became of it. @param {number} status */
export const mayRepeat = (status) => status === 0 || status === 429 || status >= 500;

/** What was wrong, and what to do about it. @param {{ status: number, body: any }} reply @returns {{ title: string, detail?: string, code?: string, errors?: { field: string, problem: string }[] }} */
export function trouble({ status, body }) {
  if (status === 0) return { title: "Nobody answers.", detail: "Start the sandbox again, then press once more: what was typed is kept, and it happens only once." };
  const told = { title: `The answer was ${status}.`, ...body };
  return mayRepeat(status) ? { ...told, detail: `${told.detail ?? ""} Wait a moment, then press once more: it happens only once.` } : told;
}

/** What a path of the API has, as a file. @param {string} path @returns {Promise<Blob | null>} null if there is none */
export async function download(path) {
  try {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${demoKey()}` } });
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** Read something of the page's own door (no key). @param {string} path @returns {Promise<any>} null if there is none */
export async function read(path) {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON as one writes it by hand: what is short stands on one line. @param {any} value @param {string} [pad] @returns {string} */
function json(value, pad = "") {
  const flat = JSON.stringify(value)?.replace(/("(?:[^"\\]|\\.)*")|([:,])/g, (_, text, mark) => text ?? `${mark} `) ?? "null";
  if (!value || typeof value !== "object" || (pad && flat.length + pad.length < 46)) return flat;
  const deeper = `${pad}  `;
  const parts = Array.isArray(value) ? value.map((each) => json(each, deeper)) : Object.entries(value).filter(([, each]) => each !== undefined).map(([name, each]) => `${JSON.stringify(name)}: ${json(each, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length ? `${open}\n${parts.map((each) => deeper + each).join(",\n")}\n${pad}${close}` : open + close;
}

/** @param {ApiRequest} request @returns {string} */
export function asCurl({ method, path, body, key, file }) {
  const implied = method === "GET" || (method === "POST" && (file || body !== undefined));
  const address = location.origin + path;
  const lines = [`curl ${implied ? "" : `-X ${method} `}${/[?&]/.test(path) ? quoted(address) : address}`];
  lines.push(`-H 'Authorization: Bearer ${demoKey()}'`);
  if (key) lines.push(`-H 'Idempotency-Key: ${key}'`);
  if (file) lines.push(`-H 'Content-Type: ${file.type}'`, `--data-binary ${quoted("@" + file.name)}`);
  if (body !== undefined) lines.push(`--json ${quoted(json(body).replaceAll("\n", "\n  "))}`);
  return lines.join(" \\\n  ");
}

/** @param {any} value @param {string} [pad] @returns {string} a Python literal */
function python(value, pad = "") {
  if (value === null || value === undefined) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = pad + "    ";
  const flat = json(value, " ");
  if (pad.length > 4 && flat.length + pad.length < 70 && !/\n|\b(null|true|false)\b/.test(flat)) return flat;
  if (Array.isArray(value)) return value.length ? `[\n${value.map((each) => `${deeper}${python(each, deeper)},\n`).join("")}${pad}]` : "[]";
  return `{\n${Object.entries(value).map(([name, each]) => `${deeper}${JSON.stringify(name)}: ${python(each, deeper)},\n`).join("")}${pad}}`;
}

/** @param {ApiRequest} request @returns {string} */
export function asPython({ method, path, body, key, file }) {
  const headers = [`"Authorization": "Bearer ${demoKey()}"`, ...(key ? [`"Idempotency-Key": "${key}"`] : []),
    ...(file ? [`"Content-Type": "${file.type}"`] : [])].map((each) => `\n        ${each},`).join("");
  return `import httpx\n\nreply = httpx.${method.toLowerCase()}(\n    "${location.origin}${path}",\n    headers={${headers}\n    },\n`
    + (file ? `    content=open(${JSON.stringify(file.name)}, "rb"),\n` : "") + (body === undefined ? "" : `    json=${python(body, "    ")},\n`) + ")\nprint(reply.status_code, reply.json())";
}

/** As in a `.http` file. @param {ApiRequest} request @returns {string} */
export function asHttp({ method, path, body, key, file }) {
  return [`${method} ${location.origin}${path}`, `Authorization: Bearer ${demoKey()}`, ...(key ? [`Idempotency-Key: ${key}`] : []),
    ...(file ? [`Content-Type: ${file.type}`, "", `< ./${file.name}`] : []), ...(body === undefined ? [] : ["Content-Type: application/json", "", json(body)])].join("\n");
}
