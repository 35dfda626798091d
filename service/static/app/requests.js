// Requests to the service: JSON, and answers that come as a stream. What goes wrong becomes a Failure in words.

import { t } from "./words.js";

// `kind`: "offline" (no answer at all), "busy" (come back in `after` seconds), "missing", "signed-out", "refused".
export class Failure extends Error {
  constructor(kind, message, after = 0) {
    super(message);
    this.kind = kind;
    this.after = after;
  }
}

const SAFE = new Set(["GET", "HEAD"]);
const KINDS = { 401: "signed-out", 404: "missing", 429: "busy", 503: "busy" };
let token = null;

// What the service wants to see again with everything that changes something.
export function setToken(csrf) { token = csrf; }

async function sent(url, options) {
  const headers = { Accept: "application/json", ...options.headers };
  if (token && !SAFE.has(options.method ?? "GET")) headers["X-CSRF-Token"] = token;
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  let response;
  try {
    response = await fetch(url, { method: options.method, headers, body, signal: options.signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    window.dispatchEvent(new Event("khumbula:lost"));
    throw new Failure("offline", t("error.offline"));
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function failureOf(response) {
  const problem = await response.json().catch(() => null);
  const kind = KINDS[response.status] ?? "refused";
  if (kind === "signed-out") window.dispatchEvent(new Event("khumbula:signed-out"));
  const after = Number(response.headers.get("Retry-After")) || 0;
  return new Failure(kind, problem?.detail || t("error.status", { status: response.status }), after);
}

export async function fetched(url, options = {}) {
  const response = await sent(url, options);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("offline", t("error.offline"));
  }
}

// Sends a file as it is; sent(bytes) tells how far. fetch tells nothing of how far a body has gone.
export function uploaded(url, file, sent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.addEventListener("progress", (event) => sent(event.loaded));
    request.addEventListener("error", () => reject(new Failure("offline", t("error.offline"))));
    request.addEventListener("load", async () => {
      const response = new Response(request.responseText, { status: request.status, headers: { "Retry-After": request.getResponseHeader("Retry-After") ?? "" } });
      if (response.ok) resolve(await response.json());
      else reject(await failureOf(response));
    });
    request.send(file);
  });
}

export async function fetchedText(url) {
  return (await sent(url, {})).text();
}

// Calls told(name, data) for each server-sent event; a service that does not stream is one event, `end`.
export async function streamed(url, options, told) {
  const response = await sent(url, { ...options, headers: { Accept: "text/event-stream, application/json" } });
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    told("end", { ...(await response.json()), answer_id: response.headers.get("X-Answer-Id") });
    return;
  }
  let rest = "";
  let ended = false;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) ended = passedOn(event, response, told) || ended;
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (!ended) throw new Failure("offline", t("error.broken"));
}

function passedOn(event, response, told) {
  const lines = event.split("\n");
  const field = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const name = field("event")[0];
  // Under which feedback names the answer.
  const answer_id = response.headers.get("X-Answer-Id");
  if (name) told(name, { ...JSON.parse(field("data").join("\n")), answer_id });
  return name === "end";
}
