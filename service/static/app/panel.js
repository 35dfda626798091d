// The side panel: a cited page, its neighbours, the original, and the document that it belongs to.
// Wide screens have it beside the answer; narrow ones have it in front.

import { announce, button, made } from "./elements.js";
import { icon } from "./icons.js";
import { showText } from "./page.js";
import { showPicture } from "./picture.js";
import * as where from "./place.js";
import { fetched } from "./requests.js";
import { t } from "./words.js";

const BESIDE = "(min-width: 68rem)";

let parts = null;
let shown = null;
let asText = false;

// openPanel(place, {sources, opener}): `sources`: the places that Shift and arrows step through.
export function openPanel(place, { sources = [], opener = document.activeElement, focus = true } = {}) {
  parts ??= build();
  const fresh = !parts.dialog.open;
  if (fresh) {
    asText = false;
    if (matchMedia(BESIDE).matches) parts.dialog.show();
    else parts.dialog.showModal();
    document.body.classList.add("beside");
  }
  const at = sources.findIndex((source) => same(source, place));
  showPage(place, { sources, at, opener: fresh || focus ? opener : shown?.opener });
  if (focus) parts.title.focus();
}

export function panelIsOpen() { return Boolean(parts?.dialog.open); }

export function closePanel() {
  if (panelIsOpen()) parts.dialog.close();
}

function build() {
  const title = made("h2", { class: "panel-title", id: "panel-title", tabindex: "-1" });
  const made_ = {
    title,
    facts: made("p", { class: "facts" }),
    number: made("span", { class: "panel-page" }),
    previous: button({ class: "quiet square", "aria-label": t("page.previous"), onclick: () => turn(-1) }, icon("previous")),
    next: button({ class: "quiet square", "aria-label": t("page.next"), onclick: () => turn(1) }, icon("next")),
    toggle: button({ class: "quiet", id: "as-text", "aria-pressed": "false", onclick: toggleText }, t("page.text")),
    original: made("a", { class: "quiet", id: "original", download: true }, icon("download"), t("page.original")),
    notice: made("p", { class: "notice", role: "status", hidden: true }),
    body: made("div", { class: "panel-body", tabindex: "0", role: "region", "aria-label": t("panel.page") }),
    about: made("details", { class: "about" }, made("summary", {}, t("panel.about"))),
    sources: made("div", { class: "panel-sources" }),
  };
  const close = button({ class: "quiet square", "aria-label": t("panel.close"), onclick: closePanel }, icon("close"));
  made_.dialog = made("dialog", { id: "panel", "aria-labelledby": "panel-title" },
    made("div", { class: "panel-head" }, made("div", {}, title, made_.facts), close),
    made("div", { class: "panel-bar" }, made_.previous, made_.number, made_.next, made("span", { class: "grow" }),
      made_.toggle, made_.original),
    made_.sources, made_.about, made("div", { class: "panel-view" }, made_.body, made_.notice));
  made_.dialog.addEventListener("close", closed);
  made_.dialog.addEventListener("keydown", keys);
  made_.dialog.addEventListener("click", (event) => { if (event.target === made_.dialog) closePanel(); });
  document.body.append(made_.dialog);
  return made_;
}

function closed() {
  document.body.classList.remove("beside");
  const { opener } = shown ?? {};
  shown = null;
  parts.body.replaceChildren();
  for (const one of document.querySelectorAll("[aria-current=true]")) one.removeAttribute("aria-current");
  // The browser gives the focus back by itself, unless what had it is gone.
  const here = document.activeElement;
  if (opener?.isConnected && (here === document.body || parts.dialog.contains(here))) opener.focus();
}

function keys(event) {
  if (event.key === "Escape") { event.preventDefault(); closePanel(); return; }
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (event.shiftKey) step(by);
  else turn(by);
}

async function showPage(place, { sources, at, opener }) {
  const mine = { place, sources, at, opener, page: null };
  shown = mine;
  notice(t("page.opening"));
  parts.previous.disabled = parts.next.disabled = true;
  markCurrent(place);
  showSources();
  try {
    const page = await fetched(`${where.pagePath(place)}?${where.markQuery(place)}`);
    if (mine !== shown) return;
    mine.page = page;
    showHead(page);
    showBody();
    showAbout(page);
    announce(`${page.title}, ${where.pageName(page.number, page.label)}`);
  } catch (error) {
    if (mine !== shown) return;
    parts.body.replaceChildren();
    parts.title.textContent = t("page.failed");
    parts.facts.replaceChildren();
    parts.number.textContent = "";
    parts.about.hidden = true;
    notice(error.message, true);
  }
}

function notice(text, bad = false) {
  parts.notice.textContent = text;
  parts.notice.classList.toggle("error", bad);
  parts.notice.hidden = !text;
}

function showHead(page) {
  parts.title.textContent = page.title;
  const printed = page.label && page.label !== String(page.number) ? t("page.label", { label: page.label }) : "";
  const version = t("version.number", { number: page.version });
  parts.facts.replaceChildren(where.joined(where.sectionName(page), printed, where.inForce(page), version, page.custodian), ...where.badges(page));
  parts.number.textContent = t("page.of", { number: page.number, pages: page.pages });
  parts.previous.disabled = page.number <= 1;
  parts.next.disabled = page.number >= page.pages;
  parts.original.href = `${where.versionPath(page.document_id, page.version)}/original`;
  parts.original.title = page.file_name;
  parts.toggle.hidden = !page.picture;
}

function showBody() {
  const { place, page } = shown;
  parts.toggle.setAttribute("aria-pressed", String(asText));
  if (!page.picture || asText) { showText(parts.body, page, notice); return; }
  showPicture(parts.body, place, page, notice, () => {
    asText = true;
    showBody();
    notice(t("page.no_picture"), true);
  });
}

function toggleText() {
  asText = !asText;
  if (shown?.page) showBody();
}

function turn(by) {
  const { page, place, sources, at } = shown ?? {};
  const number = (page?.number ?? 0) + by;
  if (!page || number < 1 || number > page.pages) return;
  // The quote's own offsets hold on its page alone; the passage may go on overleaf.
  const next = { ...place, page: String(number), start: null, end: null };
  const source = sources[at];
  const back = source && PAGE.every((name) => String(source[name]) === String(next[name]));
  showPage(back ? source : next, shown);
}

// The sources of the answer that the page was opened from

const PAGE = ["document", "version", "page"];
const same = (left, right) => where.PLACE.every((name) => String(left[name] ?? "") === String(right[name] ?? ""));

function showSources() {
  const { sources, at } = shown;
  parts.sources.hidden = at < 0 || sources.length < 2;
  if (parts.sources.hidden) return;
  parts.sources.replaceChildren(
    button({ class: "quiet square", "aria-label": t("source.previous"), disabled: at === 0, onclick: () => step(-1) }, icon("previous")),
    made("span", {}, t("source.of", { number: at + 1, sources: sources.length })),
    button({ class: "quiet square", "aria-label": t("source.next"), disabled: at === sources.length - 1, onclick: () => step(1) }, icon("next")),
  );
}

function step(by) {
  const { sources, at, opener } = shown;
  const next = sources[at + by];
  if (at < 0 || !next) return;
  const inside = parts.sources.contains(document.activeElement);
  showPage(next, { sources, at: at + by, opener });
  if (inside) parts.title.focus();
}

function markCurrent(place) {
  for (const one of document.querySelectorAll("[data-url]")) {
    if (same(where.placeOf(one.dataset.url), place)) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

// Who answers for the document, and its versions: each opens the same page there.

async function showAbout(page) {
  parts.about.hidden = false;
  parts.about.replaceChildren(made("summary", {}, t("panel.about")));
  const mine = shown;
  const found = await fetched(`/api/documents/${page.document_id}`).catch(() => null);
  if (mine !== shown || !found) return;
  parts.about.append(
    made("p", {}, found.custodian ? t("document.custodian", { custodian: found.custodian }) : t("document.no_custodian")),
    made("ul", { class: "versions" }, [...found.versions].reverse().map((version) => versionItem(page, version))),
    made("p", {}, made("a", { href: where.documentAddress(found.id, page.version), "data-go": true, class: "more" }, t("document.open"))),
  );
}

function versionItem(page, version) {
  const name = t("version.number", { number: version.number });
  const facts = where.joined(name, where.inForce(version));
  const current = version.number === page.version;
  const open = () => showPage({ document: page.document_id, version: version.number, page: 1 }, { ...shown, at: -1 });
  return made("li", {}, current ? made("strong", {}, facts) : button({ class: "link", onclick: open }, facts), ...where.badges(version));
}
