// @ts-check
/** Calls of the API. Whatever is done on the page is a call that anybody can make: it can be shown in three forms. */

/** @typedef {{ method: string, path: string, body?: any, key?: string }} ApiRequest */

const demoKey = () => document.querySelector('meta[name="demo-key"]')?.getAttribute("content") ?? "";

let count = 0;
const newKey = () => `page-${Date.now().toString(36)}-${(count += 1)}`;

/**
 * Call the API with the demo key; what is posted gets an Idempotency-Key.
 * @param {string} method @param {string} path such as `/v1/payments` @param {any} [body]
 * @returns {Promise<{ status: number, body: any, request: ApiRequest }>} status 0: nobody answered
 */
export async function call(method, path, body) {
  /** @type {ApiRequest} */
  const request = { method, path, ...(body === undefined ? {} : { body }), ...(method === "POST" ? { key: newKey() } : {}) };
  /** @type {Record<string, string>} */
  const headers = { Authorization: `Bearer ${demoKey()}` };
  if (request.key) headers["Idempotency-Key"] = request.key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null, request };
  } catch (error) {
    return { status: 0, body: { title: "Nobody answers", detail: String(error) }, request };
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

/** @param {ApiRequest} request @returns {string} */
export function asCurl({ method, path, body, key }) {
  const lines = [`curl ${method === "GET" || body !== undefined ? "" : `-X ${method} `}${location.origin}${path}`];
  lines.push(`-H 'Authorization: Bearer ${demoKey()}'`);
  if (key) lines.push(`-H 'Idempotency-Key: ${key}'`);
  if (body !== undefined) lines.push(`--json ${quoted(JSON.stringify(body, null, 2))}`);
  return lines.join(" \\\n  ");
}

/** @param {any} value @param {string} [pad] @returns {string} a Python literal */
function python(value, pad = "") {
  if (value === null || value === undefined) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = pad + "    ";
  if (Array.isArray(value)) return value.length ? `[\n${value.map((each) => `${deeper}${python(each, deeper)},\n`).join("")}${pad}]` : "[]";
  return `{\n${Object.entries(value).map(([name, each]) => `${deeper}${JSON.stringify(name)}: ${python(each, deeper)},\n`).join("")}${pad}}`;
}

/** @param {ApiRequest} request @returns {string} */
export function asPython({ method, path, body, key }) {
  const headers = [`"Authorization": "Bearer ${demoKey()}"`, ...(key ? [`"Idempotency-Key": "${key}"`] : [])].join(", ");
  return `import httpx\n\nreply = httpx.${method.toLowerCase()}(\n    "${location.origin}${path}",\n    headers={${headers}},\n`
    + (body === undefined ? "" : `    json=${python(body, "    ")},\n`) + ")\nprint(reply.status_code, reply.json())";
}

/** As in a `.http` file. @param {ApiRequest} request @returns {string} */
export function asHttp({ method, path, body, key }) {
  return [`${method} ${location.origin}${path}`, `Authorization: Bearer ${demoKey()}`, ...(key ? [`Idempotency-Key: ${key}`] : []),
    ...(body === undefined ? [] : ["Content-Type: application/json", "", JSON.stringify(body, null, 2)])].join("\n");
}
