/* The one way to the API: the session's cookie, the CSRF token, errors as ApiError, a sign-in when a session ends. */

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;

export const API = new URL(meta("codecourier-api"), document.baseURI);
export const DOCS = new URL(meta("codecourier-docs"), document.baseURI);
/* What the tutorial calls CC_BASE. */
export const BASE = API.href.replace(/\/api\/v1\/$/, "");

export class ApiError extends Error {
  constructor(status, error, retryAfter) {
    super(error.message ?? "");
    this.status = status;
    this.code = error.code ?? "UNKNOWN";
    this.field = error.field ?? null;
    this.requestId = error.requestId ?? null;
    this.retryable = error.retryable ?? false;
    this.retryAfter = retryAfter;
  }
}

/* What session.js and main.js fill in: the token, the project, how to sign in again, and how to get a fresh token. */
export const wire = { csrf: null, project: null, signInAgain: null, refresh: null };

/* Good enough a random text for an idempotency key; randomUUID is missing on plain HTTP. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function send(method, path, { query, body, etag, key, signal, anyProject, accept }) {
  const url = new URL(path.replace(/^\//, ""), API);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value != null && value !== "") url.searchParams.set(name, value);
  }
  const headers = { Accept: accept ?? "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && wire.csrf) headers["X-CSRF-Token"] = wire.csrf;
  if (wire.project && !anyProject) headers["X-Project"] = wire.project;
  if (etag) headers["If-Match"] = etag;
  if (method === "POST" && key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(url, { method, headers, signal, credentials: "same-origin", cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "OFFLINE", message: "", retryable: true });
  }
  if (response.ok && accept) return response.blob();
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return { ...answer, etag: response.headers.get("ETag") };
  throw new ApiError(response.status, { code: response.ok ? "UNKNOWN" : undefined,
    requestId: response.headers.get("X-Request-ID"), ...(answer?.error ?? {}) },
      Number(response.headers.get("Retry-After")) || null);
}

/*
 * One request. Answers the envelope: { data, nextCursor?, hasMore?, etag }.
 *
 *   query, body   as they are; empty query members are left out
 *   etag          change it only if it is still this version
 *   signal        gives it up
 *   open          no session is needed, and 401 is an answer like any other
 *   accept        the answer is a file of this type, as a Blob
 *
 * A read is repeated when that can help. When the session has ended, the person signs in over the page and the request
 * is sent again, with the same idempotency key.
 */
export async function request(method, path, options = {}) {
  const once = { ...options, key: method === "POST" ? randomKey() : null };
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(method, path, once);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401 && !options.open && wire.signInAgain && attempt < 3) {
        await wire.signInAgain();
      } else if (error.code === "FORBIDDEN" && method !== "GET" && wire.csrf && !once.refreshed) {
        once.refreshed = true;
        if (!(await wire.refresh().catch(() => false))) throw error;
      } else if (path === "/session" && method === "POST" && error.code === "UNAVAILABLE" && attempt < 4 &&
        (error.retryAfter ?? 1) <= 5) {
          await pause(error.retryAfter ?? 1); /* too many sign in at once */
        } else if (method === "GET" && attempt < 2 && [0, 429, 502, 503].includes(error.status) &&
          (error.retryAfter ?? 1) <= 5) {
          await pause(error.retryAfter ?? 0.5 * 2 ** attempt);
        } else {
        throw error;
      }
    }
  }
}

export const get = (path, query, options) => request("GET", path, { ...options, query });
export const post = (path, body = {}, options) => request("POST", path, { ...options, body });
export const put = (path, body, options) => request("PUT", path, { ...options, body });
export const patch = (path, body, options) => request("PATCH", path, { ...options, body });
export const remove = (path, options) => request("DELETE", path, options);

/* What an address gives in another form than JSON, saved by the browser under that name. */
export async function download(path, accept, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await request("GET", path, { accept }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/* Every row of a list, for pickers; at most `most`. */
export async function all(path, query = {}, most = 500) {
  const rows = [];
  let cursor;
  do {
    const page = await get(path, { limit: 100, ...query, cursor });
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor && rows.length < most);
  return rows;
}

/*
 * Ask again and again: at once, then after `least` seconds, each time half as long again up to `most`, and at `least`
 * anew when `ask` answers true (something has changed). Rests while the page is hidden. Ends with the signal, or when
 * `ask` answers "done".
 */
export async function poll(ask, { least = 2, most = 20, signal }) {
  let wait = least;
  while (!signal.aborted) {
    try {
      const news = document.hidden ? false : await ask();
      if (news === "done") return;
      wait = news ? least : Math.min(most, wait * 1.5);
    } catch (error) {
      if (error.name === "AbortError") return;
      wait = Math.min(most, Math.max(error.retryAfter ?? 0, wait * 2));
    }
    await new Promise((done) => {
      const timer = setTimeout(done, wait * 1000);
      signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
    });
  }
}
