// One document: what it is, who answers for it, its versions, and the pages of the one that is looked at.

import { button, heading, made } from "./elements.js";
import { icon } from "./icons.js";
import { openPanel } from "./panel.js";
import * as where from "./place.js";
import { fetched } from "./requests.js";
import { whoIsHere } from "./session.js";
import { bytes, counted, day, t } from "./words.js";

// A list longer than this begins folded up.
const PAGES_SHOWN = 60;

export function documentView(main, url) {
  const id = Number(/^\/documents\/(\d+)$/.exec(url.pathname)[1]);
  const stop = new AbortController();
  main.replaceChildren(heading(t("document.opening")), made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span")));
  load(main, id, Number(url.searchParams.get("version")) || null, stop.signal);
  return { leave: () => stop.abort() };
}

async function load(main, id, number, signal) {
  try {
    const found = await fetched(`/api/documents/${id}`, { signal });
    const shown = found.versions.find((version) => version.number === number) ?? newest(found.versions);
    const version = await fetched(where.versionPath(id, shown.number), { signal });
    document.title = `${found.title} · Khumbula`;
    main.replaceChildren(...whole(found, version).filter(Boolean));
  } catch (error) {
    if (signal.aborted) return;
    document.title = `${t("document.missing")} · Khumbula`;
    main.replaceChildren(heading(t("document.missing")), made("p", { class: "notice error", role: "alert" }, error.kind === "missing" ? t("document.missing_why") : error.message));
  }
}

// What is in force before what came last.
function newest(versions) {
  return versions.findLast((version) => version.status === "current") ?? versions.at(-1);
}

function whole(found, version) {
  return [
    heading(version.title || found.title),
    made("p", { class: "facts" }, where.joined(t("version.number", { number: version.number }), where.inForce(version), counted("pages", version.pages.length)), ...where.badges(version)),
    made("div", { class: "actions" },
      version.pages.length > 0 && button({ class: "primary", onclick: () => openPage(found, version, version.pages[0]) }, t("document.read")),
      made("a", { class: "quiet", href: `${where.versionPath(found.id, version.number)}/original`, download: true }, icon("download"), t("document.download", { name: version.file_name, size: bytes(version.size) })),
      made("a", { class: "quiet", href: `/compare?${new URLSearchParams({ left: `${found.id}@${version.number}` })}`, "data-go": true }, icon("swap"), t("document.compare_other"))),
    facts(found, version),
    versions(found, version),
    links(found, version),
    pages(found, version),
  ];
}

function openPage(found, version, page) {
  openPanel({ document: found.id, version: version.number, page: page.number });
}

function facts(found, version) {
  const rows = [
    ["document.answers", found.custodian ?? t("document.no_custodian")],
    ["search.department", found.department],
    ["search.kind", found.kind && where.capital(found.kind)],
    ["search.collection", where.capital(found.collection)],
    ["document.published", version.published && day(version.published)],
    ["document.authors", version.authors.join(", ")],
    ["document.label", [where.capital(found.label), relabelling(found)]],
    ["document.ingested", day(version.ingested_at)],
  ];
  return made("dl", { class: "facts-list" }, rows.filter(([, value]) => value).map(([key, value]) =>
    made("div", {}, made("dt", {}, t(key)), made("dd", {}, value))));
}

// An administrator may put it under another label.
function relabelling({ id }) {
  return whoIsHere().roles.includes("administrator") && [" ", made("a", { href: `/admin?${new URLSearchParams({ part: "shelves", number: id })}`, "data-go": true }, t("document.relabel"))];
}

// The older of the two first.
function comparison(id, ...numbers) {
  const [left, right] = numbers.sort((a, b) => a - b).map((number) => `${id}@${number}`);
  return `/compare?${new URLSearchParams({ left, right })}`;
}

function versions(found, shown) {
  const items = [...found.versions].reverse().map((version) => {
    const line = where.joined(t("version.number", { number: version.number }), where.inForce(version), version.file_name);
    const current = version.number === shown.number;
    return made("li", { class: "with-button" }, made("a", {
      class: "card", href: where.documentAddress(found.id, version.number), "data-go": true, "aria-current": current ? "page" : null,
    }, made("span", { class: "title" }, line, where.badges(version))),
    !current && made("a", { class: "quiet", href: comparison(found.id, version.number, shown.number), "data-go": true, "aria-label": t("document.compare_with", { number: version.number }) }, t("document.compare")));
  });
  return made("section", { "aria-labelledby": "versions-title" }, made("h2", { id: "versions-title" }, counted("versions", items.length)), made("ul", { class: "shelf" }, items));
}

const RELATIONS = new Set(["amends", "amended_by", "repeals", "repealed_by", "replaces", "replaced_by", "implements",
  "implemented_by", "rests_on", "basis_of", "refers_to", "referred_to_by"]);

// What it did to other documents and they to it, as far as who looks may see them.
function links(found, version) {
  const { links: to = [], linked_from: from = [] } = found.versions.find(({ number }) => number === version.number)?.dossier ?? {};
  const known = [...to, ...from].filter((link) => RELATIONS.has(link.relation));
  if (!known.length) return null;
  const items = known.map((link) => {
    const name = where.joined(`${t(`relation.${link.relation}`)} ${link.title ?? link.words}`, link.section, link.day && day(link.day));
    const href = link.document_id && where.documentAddress(link.document_id, link.version);
    return made("li", {}, href ? made("a", { href, "data-go": true }, name) : name);
  });
  return made("section", { "aria-labelledby": "links-title" }, made("h2", { id: "links-title" }, t("document.links")), made("ul", { class: "links" }, items));
}

function pages(found, version) {
  const items = version.pages.map((page) => made("li", {}, button({
    class: "quiet", "aria-label": where.pageName(page.number, page.label), onclick: () => openPage(found, version, page),
  }, page.label || page.number)));
  const list = made("ul", { class: "page-list" }, items);
  const title = made("h2", { id: "pages-title" }, counted("pages", items.length));
  if (items.length <= PAGES_SHOWN) return made("section", { "aria-labelledby": "pages-title" }, title, list);
  return made("section", { "aria-labelledby": "pages-title" }, title, made("details", {}, made("summary", {}, t("document.pages")), list));
}
