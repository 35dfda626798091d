// Searching: passages that fit, grouped by document; filters with how many documents each leaves. Without words: the shelf.

import { announce, button, heading, made, newId } from "./elements.js";
import { icon } from "./icons.js";
import { openPanel } from "./panel.js";
import * as where from "./place.js";
import { fetched } from "./requests.js";
import { counted, day, figure, t } from "./words.js";

const FACETS = ["collection", "department", "kind"];
const DAYS = ["as_of", "since", "until"];
const FILTERS = [...FACETS, ...DAYS];
const PASSAGES = 30;
const DOCUMENTS = 50;
// A facet with more values than this hides the rest behind a button.
const SHOWN_VALUES = 7;

export function searchView(main, url, go) {
  const view = { go, asked: new URLSearchParams(url.search), stop: new AbortController(), open: new Set() };
  view.results = made("section", { class: "results", "aria-labelledby": "results-title" });
  view.filters = made("div", { class: "facets" });
  view.words = made("input", { id: "words", type: "search", maxlength: "2000", value: view.asked.get("q") ?? "", placeholder: t("search.placeholder"), "aria-label": t("search.title"), autocomplete: "off", enterkeyhint: "search", "data-slash": true });
  const form = made("form", { class: "ask", role: "search" },
    made("div", { class: "box" }, view.words, made("button", { type: "submit", class: "primary" }, icon("search"), made("span", {}, t("search.search")))));
  form.addEventListener("submit", (event) => { event.preventDefault(); change(view, { q: view.words.value.trim() }); });
  const wide = matchMedia("(min-width: 52rem)").matches;
  const filters = made("details", { class: "filters", open: wide }, made("summary", {}, t("search.filters")), view.filters);
  document.title = `${t("search.title")} · Khumbula`;
  main.replaceChildren(heading(t("search.title")), form, made("div", { class: "split" }, filters, view.results));
  load(view);
  return { leave: () => view.stop.abort() };
}

// The address is the state: whoever has it sees the same search, within his own rights.
function change(view, values) {
  const query = new URLSearchParams(view.asked);
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  view.asked = query;
  history.pushState(null, "", `/search${query.size ? `?${query}` : ""}`);
  view.stop.abort();
  view.stop = new AbortController();
  load(view);
}

function filterQuery(view) {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (view.asked.get(name)) query.set(name, view.asked.get(name));
  return query;
}

async function load(view) {
  const { signal } = view.stop;
  const words = view.asked.get("q") ?? "";
  document.title = `${words || t("search.title")} · Khumbula`;
  view.results.setAttribute("aria-busy", "true");
  if (!view.results.firstChild) showWaiting(view);
  const query = filterQuery(view);
  const shelfQuery = new URLSearchParams(query);
  shelfQuery.set("limit", words ? 0 : DOCUMENTS);
  try {
    const [shelf, found] = await Promise.all([
      fetched(`/api/shelf?${shelfQuery}`, { signal }),
      words ? fetched(`/api/search?${searchQuery(query, words)}`, { signal }) : null,
    ]);
    showFilters(view, shelf.facets);
    if (found) showPassages(view, found, shelf.facets);
    else showShelf(view, shelf);
  } catch (error) {
    if (!signal.aborted) showFailure(view, error);
  } finally {
    if (!signal.aborted) view.results.removeAttribute("aria-busy");
  }
}

function searchQuery(query, words) {
  const whole = new URLSearchParams(query);
  whole.set("q", words);
  whole.set("k", PASSAGES);
  whole.set("explain", "true");
  return whole;
}

function showWaiting(view) {
  view.filters.replaceChildren(made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
  view.results.replaceChildren(made("p", { class: "notice", role: "status" }, t("search.looking")));
}

function showFailure(view, error) {
  const words = error.kind === "busy" ? t("error.busy") : error.message;
  view.results.replaceChildren(made("div", { class: "notice error", role: "alert" }, made("p", {}, words),
    button({ class: "quiet", onclick: () => change(view, {}) }, t("error.again"))));
}

// Filters

function showFilters(view, facets) {
  const had = view.filters.contains(document.activeElement) ? document.activeElement.id : null;
  view.filters.replaceChildren(
    ...FACETS.map((name) => facet(view, name, facets[name])),
    dayFields(view, facets),
    FILTERS.some((name) => view.asked.get(name)) && button({ class: "link", onclick: () => change(view, Object.fromEntries(FILTERS.map((name) => [name, ""]))) }, t("search.clear")) || "",
  );
  if (had) document.getElementById(had)?.focus();
}

function facet(view, name, values) {
  const chosen = view.asked.get(name) ?? "";
  // What is chosen stays to be seen, also where other filters leave nothing of it.
  const all = chosen && !values.some(({ value }) => value === chosen) ? [...values, { value: chosen, documents: 0 }] : values;
  const list = made("ul", {}, all.map((one, at) => {
    const picked = one.value === chosen;
    const id = `${name}-${at}`;
    return made("li", { hidden: at >= SHOWN_VALUES && !picked && !view.open.has(name) }, button({
      id, class: "facet", "aria-pressed": String(picked),
      onclick: () => change(view, { [name]: picked ? "" : one.value }),
    }, made("span", {}, where.capital(one.value)), made("span", { class: "count" }, figure(one.documents), made("span", { class: "unseen" }, ` ${t("search.documents")}`))));
  }));
  const more = all.length > SHOWN_VALUES && !view.open.has(name) && button({
    class: "link",
    onclick: (event) => { view.open.add(name); for (const item of list.children) item.hidden = false; event.target.remove(); list.children[SHOWN_VALUES].firstChild.focus(); },
  }, t("search.more", { number: all.length - SHOWN_VALUES }));
  const id = newId("facet");
  return made("div", { class: "facet-group", role: "group", "aria-labelledby": id }, made("h2", { id }, t(`search.${name}`)),
    all.length ? list : made("p", { class: "hint" }, t("search.none")), more);
}

function dayFields(view, facets) {
  const field = (name) => made("label", { for: `filter-${name}` }, t(`search.${name}`),
    made("input", { id: `filter-${name}`, type: "date", value: view.asked.get(name) ?? "", onchange: (event) => change(view, { [name]: event.target.value }) }));
  const span = facets.earliest && t("search.span", { since: day(facets.earliest), until: day(facets.latest) });
  return made("div", { class: "facet-group days", role: "group", "aria-label": t("search.days") },
    made("h2", {}, t("search.days")), DAYS.map(field), span && made("p", { class: "hint" }, span));
}

// Results

function resultsHead(text) {
  announce(text);
  return made("h2", { id: "results-title", class: "count-line" }, text);
}

function showPassages(view, found, facets) {
  if (!found.results.length) {
    showNothing(view, t("search.nothing"));
    view.results.append(readAs(found.reading));
    return;
  }
  const groups = new Map();
  for (const result of withoutRepetitions(found.results)) {
    const key = `${result.document_id}/${result.version}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const line = t("search.found", { passages: counted("passages", found.results.length), documents: counted("documents", facets.total) });
  const stems = stemsOf(found.question);
  view.results.replaceChildren(resultsHead(line), readAs(found.reading), made("ol", { class: "groups" }, [...groups.values()].map((group) => groupItem(group, found.results, stems))));
}

// A by-law is held as PDF and as XML, a form by two departments: the same words are shown once, with where else they stand.
function withoutRepetitions(results) {
  const once = new Map();
  for (const result of results) {
    const words = result.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
    const first = once.get(words);
    if (first) first.also.push(result);
    else once.set(words, { ...result, also: [] });
  }
  return [...once.values()];
}

function groupItem(group, results, stems) {
  const [first] = group;
  const facts = where.joined(where.capital(first.collection), t("version.number", { number: first.version }), where.inForce(first));
  return made("li", { class: "group" },
    made("h3", {}, made("a", { href: where.documentAddress(first.document_id, first.version), "data-go": true }, first.title), where.badges(first)),
    made("p", { class: "facts" }, facts),
    made("ul", { class: "passages" }, group.map((result) => passageItem(result, results, stems))));
}

function passageItem(result, results, stems) {
  const place = where.joined(where.sectionName(result), where.pageName(result.page, result.page_label));
  const opening = (one, attributes, ...children) => button({
    ...attributes, "data-url": one.url,
    onclick: () => openPanel(where.placeOf(one.url), { sources: results.map((other) => where.placeOf(other.url)) }),
  }, ...children);
  const also = result.also.map((one) => made("li", {}, opening(one, { class: "link" }, `${one.title}, ${where.pageName(one.page, one.page_label)}`)));
  return made("li", {},
    opening(result, { class: "found" }, made("span", { class: "where" }, place), made("span", { class: "quote" }, marked(result.text, stems))),
    also.length > 0 && made("div", { class: "also" }, made("span", {}, t("source.also")), made("ul", {}, also)), why(result));
}

// How the question was read; what was put in place of its words, or looked for beside them, is seen at once.
function readAs(reading) {
  const pairs = (name, all) => all.length > 0 && made("p", { class: "facts" }, `${t(`reading.${name}`)}: ${all.map((pair) => pair.join(" → ")).join(", ")}`);
  const fact = (name, value) => value && made("div", {}, made("dt", {}, t(name)), made("dd", {}, value));
  return made("div", { class: "reading" }, pairs("corrections", reading.corrections), pairs("expansions", reading.expansions),
    made("details", { class: "why" }, made("summary", {}, t("reading.title")), made("dl", { class: "facts-list" },
      fact("reading.text", reading.text), fact("reading.words", reading.words), fact("reading.beside", reading.beside.join(", ")),
      fact("reading.references", reading.references.join(", ")), fact("reading.periods", reading.periods.join(", ")),
      fact("search.as_of", day(reading.as_of)),
      fact("reading.versions", figure(reading.versions)), fact("reading.candidates", figure(reading.candidates)))));
}

// Why it stands there: what each stage of the search said, as a table that opens.
function why(result) {
  const told = (result.stages ?? []).filter((stage) => stage.score !== null);
  const rows = told.map((stage) => made("tr", {}, made("th", { scope: "row" }, t(`why.${stage.name}`)),
    made("td", {}, stage.score.toFixed(2)), made("td", {}, String(stage.rank)), made("td", {}, stage.adds.toFixed(2))));
  const head = made("tr", {}, ["stage", "score", "rank", "adds"].map((name) => made("th", { scope: "col" }, t(`why.${name}`))));
  return made("details", { class: "why" }, made("summary", {}, t("why.title")),
    made("table", {}, made("thead", {}, head), made("tbody", {}, rows)));
}

// The beginnings of the question's longer words: "disconnected" marks "disconnection".
function stemsOf(question) {
  const words = question.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  return words.map((word) => word.slice(0, Math.max(4, word.length - 3)));
}

function marked(text, stems) {
  return text.split(/([\p{L}\p{N}]+)/u).map((part) =>
    (stems.some((stem) => part.toLowerCase().startsWith(stem)) ? made("mark", {}, part) : part));
}

function showShelf(view, shelf) {
  if (!shelf.documents.length) {
    const filtered = FILTERS.some((name) => view.asked.get(name));
    showNothing(view, t(filtered ? "search.nothing" : "search.empty"));
    return;
  }
  const list = made("ul", { class: "shelf" }, shelf.documents.map(documentItem));
  view.results.replaceChildren(resultsHead(counted("documents", shelf.facets.total)), list);
  addMore(view, list, shelf);
}

function addMore(view, list, shelf) {
  if (list.children.length >= shelf.facets.total) return;
  const more = button({
    class: "quiet",
    onclick: async () => {
      const query = filterQuery(view);
      query.set("limit", DOCUMENTS);
      query.set("offset", list.children.length);
      more.disabled = true;
      const next = await fetched(`/api/shelf?${query}`, { signal: view.stop.signal }).catch(() => null);
      more.disabled = false;
      if (!next) return;
      const items = next.documents.map(documentItem);
      list.append(...items);
      items[0]?.querySelector("a").focus();
      more.remove();
      addMore(view, list, next);
    },
  }, t("search.next"));
  view.results.append(more);
}

function documentItem(document) {
  const facts = where.joined(document.kind && where.capital(document.kind), document.department, document.dated && day(document.dated));
  return made("li", {}, made("a", { class: "card", href: where.documentAddress(document.id), "data-go": true },
    made("span", { class: "title" }, document.title, where.badges(document)), made("span", { class: "when" }, facts)));
}

function showNothing(view, words) {
  view.results.replaceChildren(resultsHead(t("search.nothing_title")), made("p", { class: "notice" }, words));
}
