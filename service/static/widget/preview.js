// The cited page: its picture with the quote marked, or its text where there is no picture. Stands in front of the
// answer; the whole document is a press away, in the full application.

import { button, made, newId } from "../app/elements.js";
import { icon } from "../app/icons.js";
import { alternative, scrollToMark, showText } from "../app/page.js";
import * as where from "../app/place.js";
import { t } from "../app/words.js";
import { quoted } from "./answer.js";
import { patiently } from "./patience.js";

// A picture that cannot be had now (the service draws so many at once) is asked for again.
const TRIES = 3;
// As wide, in CSS pixels, as a page must be to be read.
const READABLE = 440;

// {element, open(citation, cited), close()}. `shown(here)` is called when it comes and goes.
export function newPreview({ home, service, signal, say, shown }) {
  const view = { home, service, say, shown, stop: null, cited: [], at: 0, opener: null };
  signal.addEventListener("abort", () => view.stop?.abort());
  const id = newId("page");
  view.title = made("h3", { id, tabindex: "-1" });
  view.place = made("p", { class: "where" });
  view.quote = made("blockquote");
  view.notice = made("p", { class: "waiting" });
  view.body = made("div", { class: "page", role: "region", tabindex: "0", "aria-label": t("panel.page") });
  view.number = made("span", { class: "count" });
  view.before = step(view, -1, "source.previous", "previous");
  view.after = step(view, 1, "source.next", "next");
  view.larger = button({ class: "quiet", "aria-pressed": "false", hidden: true, onclick: () => enlarge(view, !view.body.classList.contains("larger")) }, icon("search"), t("widget.larger"));
  view.full = made("a", { class: "quiet", target: "_blank", rel: "noopener noreferrer" }, icon("share"), t("widget.open_page"));
  view.element = made("section", { class: "preview", "aria-labelledby": id, hidden: true },
    made("div", { class: "bar" }, button({ class: "quiet back", onclick: () => close(view) }, icon("previous"), t("widget.back")),
      made("span", { class: "grow" }), view.number, view.before, view.after),
    made("div", { class: "cited" }, view.title, view.place, view.quote, made("p", { class: "row" }, view.larger, view.full)),
    view.notice, view.body);
  view.element.addEventListener("keydown", (event) => keys(view, event));
  return { element: view.element, open: (citation, cited) => open(view, citation, cited), close: () => close(view) };
}

function step(view, by, key, drawing) {
  return button({ class: "tool", "aria-label": t(key), title: t(key), onclick: () => show(view, view.at + by) }, icon(drawing));
}

function open(view, citation, cited) {
  view.opener = view.element.getRootNode().activeElement;
  view.cited = cited;
  view.element.hidden = false;
  view.shown(true);
  show(view, cited.indexOf(citation));
}

// Whether it was open.
function close(view) {
  if (view.element.hidden) return false;
  view.stop.abort();
  view.element.hidden = true;
  view.body.replaceChildren();
  view.shown(false);
  if (view.opener?.isConnected) view.opener.focus();
  return true;
}

function keys(view, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey || !view.cited[view.at + by]) return;
  // An enlarged page is moved by them.
  if (view.body.matches(":focus") && view.body.classList.contains("larger")) return;
  event.preventDefault();
  show(view, view.at + by);
}

async function show(view, at) {
  const citation = view.cited[at];
  const stepped = view.at !== at;
  view.at = at;
  view.stop?.abort();
  view.stop = new AbortController();
  head(view, citation, at);
  if (stepped || !view.element.contains(view.element.getRootNode().activeElement)) view.title.focus();
  tell(view, t("page.opening"));
  const { signal } = view.stop;
  try {
    await draw(view, citation, signal);
  } catch (failure) {
    if (!signal.aborted) tell(view, failure.message, true);
  }
}

function head(view, citation, at) {
  const { cited } = view;
  view.title.textContent = citation.title;
  view.place.replaceChildren(where.joined(where.sectionName(citation), where.pageName(citation.page, citation.page_label), where.inForce(citation),
    t("version.number", { number: citation.version }), citation.custodian), ...where.badges(citation));
  view.quote.replaceChildren(...quoted(citation));
  view.number.textContent = cited.length > 1 ? t("source.of", { number: at + 1, sources: cited.length }) : "";
  view.before.hidden = view.after.hidden = cited.length < 2;
  view.before.disabled = at === 0;
  view.after.disabled = at === cited.length - 1;
  view.full.href = `${view.home}/?${new URL(citation.url, view.home).searchParams}`;
  view.larger.hidden = true;
  view.body.replaceChildren();
  view.body.classList.remove("larger");
  view.larger.setAttribute("aria-pressed", "false");
  view.element.scrollTop = 0;
}

function tell(view, text, bad = false) {
  view.notice.textContent = text;
  view.notice.hidden = !text;
  view.notice.classList.toggle("error", bad);
  if (text) view.say(text);
}

async function draw(view, citation, signal) {
  const place = where.placeOf(new URL(citation.url, view.home));
  const path = where.pagePath(place);
  const query = where.markQuery(place);
  const patient = (attempt) => patiently(attempt, { signal, tries: TRIES, told: (failure) => tell(view, failure.message) });
  const page = await patient(() => view.service.fetched(`${path}?${query}`, { signal }));
  if (!page.picture) {
    showText(view.body, page, (text) => tell(view, text));
    return;
  }
  // The place is kept before the picture is there: nothing moves when it comes.
  const canvas = made("canvas", { class: "picture", role: "img", "aria-label": alternative(page) });
  canvas.style.aspectRatio = `${page.width} / ${page.height}`;
  view.body.replaceChildren(canvas);
  scrollToMark(view.body, canvas, page);
  tell(view, t("page.drawing"));
  query.set("scale", window.devicePixelRatio > 1.5 ? "2.5" : "2");
  try {
    // Drawn, not shown as an image: a page's policy (img-src) says nothing about that, and no address of it is made.
    paint(canvas, await patient(() => view.service.picture(`${path}.png?${query}`, signal)));
    view.larger.hidden = false;
    // A page on a phone is too small to read.
    if (view.body.clientWidth < READABLE) enlarge(view, true);
    scrollToMark(view.body, canvas, page);
    tell(view, "");
  } catch (failure) {
    if (signal.aborted) throw failure;
    showText(view.body, page, (text) => tell(view, text || t("page.no_picture")));
  }
}

function paint(canvas, picture) {
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
}

function enlarge(view, larger) {
  const { body } = view;
  const middle = (body.scrollTop + body.clientHeight / 2) / body.scrollHeight;
  body.classList.toggle("larger", larger);
  view.larger.setAttribute("aria-pressed", String(larger));
  // What was in the middle stays there.
  body.scrollTop = middle * body.scrollHeight - body.clientHeight / 2;
}
