// Keys: "/" to the question, "?" to the settings, arrows through citations. Single keys can be switched off (WCAG 2.1.4).

import { openSettings } from "./settings.js";

const TYPING = /^(INPUT|TEXTAREA|SELECT)$/;
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export function keysWanted() { return localStorage.getItem("khumbula.keys") !== "off"; }

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog:modal")) return;
    const typing = TYPING.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && keysWanted()) toQuestion(event);
    else if (event.key === "?" && !typing && keysWanted()) { event.preventDefault(); openSettings(); }
    else if (event.key in STEPS) throughCitations(event);
  });
}

function toQuestion(event) {
  const field = document.querySelector("[data-slash]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

// From citation to citation, from marker to marker; and from the end of the question down to the answer above it.
function throughCitations(event) {
  const here = document.activeElement;
  const kind = [".marker", ".citation", ".found"].find((name) => here?.matches(name));
  if (kind) {
    const all = [...document.querySelectorAll(kind)];
    const next = all[all.indexOf(here) + STEPS[event.key]];
    event.preventDefault();
    if (next) next.focus();
  } else if (here?.matches("#question") && event.key === "ArrowUp" && here.value === "") {
    const first = document.querySelector(".turn:last-of-type .citation");
    if (first) { event.preventDefault(); first.focus(); }
  }
}
