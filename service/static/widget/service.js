// Requests to the service, for the user of the page: with a token that lives in this module's memory alone.

import { t } from "../app/words.js";
import { Failure } from "./patience.js";

const KINDS = { 401: "signed-out", 404: "missing", 429: "busy", 502: "offline", 503: "busy", 504: "offline" };
// A token is used no longer than until so many milliseconds before its end: what it asks for must still leave.
const MARGIN = 60_000;
// A service that says nothing for so long is taken for one that cannot be reached.
const SILENCE = 60_000;

// {fetched(path, options), picture(path, signal), streamed(path, options, told)}
export function serviceAt(home, tokenUrl) {
  let token = null;
  let minting = null;

  async function bearer() {
    if (token && token.until > Date.now()) return token.secret;
    // Several requests at once wait for one token.
    minting ??= minted(home, tokenUrl).finally(() => { minting = null; });
    token = await minting;
    return token.secret;
  }

  async function sent(path, options = {}, again = false) {
    const secret = await bearer();
    const headers = { Accept: "application/json", ...options.headers, Authorization: `Bearer ${secret}` };
    if (options.json !== undefined) headers["Content-Type"] = "application/json";
    const body = options.json === undefined ? undefined : JSON.stringify(options.json);
    const response = await reached(home + path, { method: options.method, headers, body, signal: options.signal });
    if (response.ok) return response;
    // The token was taken back, or the service is another one since: once more with a new one.
    if (response.status === 401 && !again) {
      if (token?.secret === secret) token = null;
      return sent(path, options, true);
    }
    throw await failureOf(response);
  }

  return {
    fetched: async (path, options) => whole(await sent(path, options), "json"),
    picture: async (path, signal) => createImageBitmap(await whole(await sent(path, { signal, headers: { Accept: "image/png" } }), "blob")),
    streamed: async (path, options, told) => readEvents(await sent(path, { ...options, headers: { Accept: "text/event-stream, application/json" } }), told),
  };
}

async function minted(home, tokenUrl) {
  const response = tokenUrl
    ? await reached(new URL(tokenUrl, document.baseURI), { credentials: "same-origin", headers: { Accept: "application/json" } })
    : await reached(`${home}/api/widget/token`, {
      method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ origin: location.origin }),
    });
  // Who is not let in there: the same to its reader as who is not known.
  if (response.status === 403) throw new Failure("signed-out", t("widget.signed_out"));
  if (!response.ok) throw await failureOf(response);
  // An intranet that wants its user to sign in again may well answer with its page for that.
  const told = await response.json().catch(() => null);
  if (!told?.token) throw new Failure("signed-out", t("widget.signed_out"));
  const seconds = Number(told.expires_in) || 0;
  return { secret: told.token, until: Date.now() + Math.max(seconds * 1000 - MARGIN, seconds * 500) };
}

async function reached(url, options) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE);
  options.signal?.addEventListener("abort", () => silence.abort(), { once: true, signal: silence.signal });
  try {
    return await fetch(url, { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", ...options, signal: silence.signal });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Failure("offline", t("widget.lost"));
  } finally {
    clearTimeout(timer);
  }
}

async function failureOf(response) {
  const problem = await response.json().catch(() => null);
  const kind = KINDS[response.status] ?? "refused";
  const words = { "signed-out": t("widget.signed_out"), busy: t("widget.busy"), offline: t("widget.lost") };
  const after = Number(response.headers.get("Retry-After")) || 0;
  return new Failure(kind, words[kind] ?? problem?.detail ?? t("error.status", { status: response.status }), after);
}

async function whole(response, kind) {
  try {
    return await response[kind]();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("broken", t("error.broken"));
  }
}

// Calls told(name, data) for each server-sent event; an answer in one piece is one event, `end`.
async function readEvents(response, told) {
  // Under which feedback names the answer.
  const answer_id = response.headers.get("X-Answer-Id");
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    told("end", { ...(await whole(response, "json")), answer_id });
    return;
  }
  let rest = "";
  let ended = false;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await nextPiece(reader);
    if (done) break;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [name, data] = parsed(event);
      if (name) told(name, { ...data, answer_id });
      ended ||= name === "end";
    }
  }
  if (!ended) throw new Failure("broken", t("error.broken"));
}

async function nextPiece(reader) {
  let timer;
  const silent = new Promise((_, reject) => { timer = setTimeout(() => reject(new Failure("broken", t("error.broken"))), SILENCE); });
  try {
    return await Promise.race([reader.read(), silent]);
  } catch (error) {
    reader.cancel().catch(() => {});
    if (error.name === "AbortError") throw error;
    throw new Failure("broken", t("error.broken"));
  } finally {
    clearTimeout(timer);
  }
}

function parsed(event) {
  const lines = event.split("\n");
  const field = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
  const name = field("event");
  return [name, name ? JSON.parse(field("data")) : null];
}
