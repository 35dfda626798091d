// Whether the service can be reached: a line at the top when it cannot, and polite asking until it can again.

import { t } from "./words.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;

let lost = false;
let wait = FIRST_WAIT;

export function watchConnection() {
  window.addEventListener("khumbula:lost", begin);
  window.addEventListener("offline", begin);
  window.addEventListener("online", () => { if (lost) ask(); });
}

function begin() {
  if (lost) return;
  lost = true;
  wait = FIRST_WAIT;
  const line = document.getElementById("connection");
  line.textContent = t("connection.lost");
  line.hidden = false;
  setTimeout(ask, wait);
}

async function ask() {
  if (!lost) return;
  // A browser that knows itself offline is not asked; each try is a line in its console.
  const reached = navigator.onLine && (await fetch("/healthz").then((response) => response.ok, () => false));
  if (reached) {
    lost = false;
    document.getElementById("connection").hidden = true;
    window.dispatchEvent(new Event("khumbula:found"));
    return;
  }
  wait = Math.min(wait * 1.6, LONGEST_WAIT);
  setTimeout(ask, wait * (0.75 + Math.random() / 2));
}
