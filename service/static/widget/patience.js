// Trying again: never sooner than the service asked for, ever more slowly, not while nobody looks, and not for ever.

// What goes wrong with a request, in words.
// `kind`: "offline" (no answer at all), "busy" (come back in `after` seconds), "broken" (the answer stopped),
// "missing", "signed-out", "refused".

export class Failure extends Error {
  constructor(kind, message, after = 0) {
    super(message);
    this.kind = kind;
    this.after = after;
  }
}

// Seconds; 12 tries take about five minutes.
const FIRST = 2;
const GROWS = 1.7;
const LONGEST = 30;
const TRIES = 12;
// Spread, so that not everybody comes back at once after a restart.
const SPREAD = 0.25;
const PASSING = new Set(["offline", "busy", "broken"]);

// Calls attempt() until it succeeds. While it waits, told(failure, seconds, now): the seconds that are left, each
// second, and what to call to try at once.
export async function patiently(attempt, { signal, told = () => {}, tries = TRIES }) {
  for (let failed = 0; ; failed += 1) {
    try {
      return await attempt();
    } catch (failure) {
      if (signal.aborted || !PASSING.has(failure.kind) || failed >= tries) throw failure;
      await pause(secondsAfter(failure, failed), signal, (left, now) => told(failure, left, now));
    }
  }
}

export function secondsAfter({ after = 0 }, failed) {
  const own = Math.min(FIRST * GROWS ** failed, LONGEST);
  return Math.ceil(Math.max(after, own) * (1 + Math.random() * SPREAD));
}

function pause(seconds, signal, told) {
  return new Promise((resolve, reject) => {
    const ending = new AbortController();
    let left = seconds;
    const end = (settle) => { clearInterval(clock); ending.abort(); settle(); };
    const now = () => end(resolve);
    const tick = () => {
      left = Math.max(left - 1, 0);
      if (left > 0) told(left, now);
      else if (!document.hidden && navigator.onLine) now();
    };
    const clock = setInterval(tick, 1000);
    signal.addEventListener("abort", () => end(() => reject(signal.reason)), { signal: ending.signal });
    // The network is back: no reason to wait longer.
    window.addEventListener("online", now, { signal: ending.signal });
    told(left, now);
  });
}
