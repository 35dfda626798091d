// Words for where something stands: page, section, version, days in force. And the address of a page.

import { made } from "./elements.js";
import { day, t } from "./words.js";

export const PLACE = ["document", "version", "page", "passage", "start", "end"];

// "/?document=12&version=4&page=5&start=810&end=875" -> {document: "12", ...}; null where there is no document.
export function placeOf(url) {
  const query = new URL(url, location.href).searchParams;
  if (!query.get("document")) return null;
  return Object.fromEntries(PLACE.map((name) => [name, query.get(name)]));
}

export function pagePath(place) {
  return `${versionPath(place.document, place.version)}/pages/${Number(place.page)}`;
}

export function versionPath(document, version) {
  return `/api/documents/${Number(document)}/versions/${Number(version)}`;
}

export function documentAddress(document, version) {
  return `/documents/${Number(document)}${version ? `?version=${Number(version)}` : ""}`;
}

export function markQuery(place) {
  const query = new URLSearchParams();
  for (const name of ["passage", "start", "end"]) if (place[name]) query.set(name, place[name]);
  return query;
}

export function inForce(thing) {
  const since = thing.in_force_from && day(thing.in_force_from);
  const until = thing.in_force_to && day(thing.in_force_to);
  if (since && until) return t("force.between", { since, until });
  if (since) return t("force.since", { since });
  return until ? t("force.until", { until }) : "";
}

export function pageName(number, label) {
  return t(label && label !== String(number) ? "page.printed" : "page.number", { number, label });
}

// "Credit Policy › 7. Disconnection" below the title "Credit Policy" says it twice.
export function sectionName(thing) {
  const section = thing.section ?? "";
  const [outermost, ...inner] = section.split(" › ");
  return outermost.toLowerCase() === thing.title.toLowerCase() ? inner.join(" › ") : section;
}

export function joined(...parts) {
  return parts.filter(Boolean).join(" · ");
}

const STATES = new Set(["draft", "superseded", "repealed", "withdrawn"]);

export function badges(thing) {
  const found = [];
  if (STATES.has(thing.status)) found.push(made("span", { class: "badge" }, t(`status.${thing.status}`)));
  if (thing.ocr) found.push(made("span", { class: "badge", title: t("ocr.why") }, t("ocr.badge")));
  return found;
}

// A word that documents carry ("by-law", "sop"), as it begins a line.
export function capital(word) {
  if (word.length <= 3) return word.toUpperCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

// Offsets count code points, as Python does; JavaScript's strings count UTF-16 units.
export function sliced(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}
