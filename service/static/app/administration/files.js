// What came in: how many files came to what, those that failed with why, and all of them.

import { button, made, newId } from "../elements.js";
import { icon } from "../icons.js";
import { documentAddress } from "../place.js";
import { fetched } from "../requests.js";
import { bytes, figure, t } from "../words.js";
import { acting, badge, moment, table, tell } from "./parts.js";

const AT_ONCE = 50;
const FAILED = new Set(["locked", "damaged", "unsupported", "limit", "failed"]);

export async function files(view) {
  const { signal } = view.stop;
  const [all, failed] = await Promise.all([
    fetched(`/api/admin/files?limit=${AT_ONCE}`, { signal }), fetched("/api/admin/files?failed=true&limit=500", { signal }),
  ]);
  return [counts(all.outcomes), failures(view, failed), everything(view, all)];
}

function counts(outcomes) {
  return made("ul", { class: "counts" }, Object.entries(outcomes).sort(([a], [b]) => FAILED.has(a) - FAILED.has(b)).map(([outcome, count]) =>
    made("li", { class: FAILED.has(outcome) ? "bad" : "" }, made("strong", {}, figure(count)), made("span", {}, t(`outcome.${outcome}`)))));
}

function failures(view, failed) {
  const title = t("files.failed", { number: figure(failed.total) });
  if (!failed.total) return made("p", { class: "notice well" }, icon("yes"), t("files.none_failed"));
  const items = failed.files.map((file) => made("li", { class: "card with-action" },
    made("div", {}, made("strong", { class: "title" }, nameOf(file.path), " ", badge(t(`outcome.${file.outcome}`), "bad")),
      made("p", {}, reasonOf(file)), made("p", { class: "path" }, file.path)),
    button({ class: "quiet", onclick: retry(view, [file.path]), "aria-label": t("files.retry_one", { name: nameOf(file.path) }) }, icon("again"), t("files.retry"))));
  return made("section", { "aria-labelledby": "failed-title" },
    made("div", { class: "with-action" }, made("h3", { id: "failed-title" }, title),
      failed.total > 1 && button({ class: "quiet", onclick: retry(view, null) }, icon("again"), t("files.retry_all"))),
    made("ul", { class: "shelf" }, items));
}

function retry(view, paths) {
  return acting(view, async () => {
    const { jobs } = await fetched("/api/admin/files/retry", { method: "POST", json: { paths } });
    await view.again();
    tell(view, t("files.retrying", { number: jobs.length }));
  });
}

function everything(view, first) {
  const id = newId("find");
  const found = made("div", {});
  const words = made("input", { id, type: "search", maxlength: "200", placeholder: t("files.find"), "aria-label": t("files.find"), autocomplete: "off" });
  const form = made("form", { class: "find", role: "search", onsubmit: acting(view, () => show(words.value.trim())) }, words,
    made("button", { type: "submit", class: "quiet" }, icon("search"), t("search.search")));
  let shown = [];
  const put = (page, q) => {
    shown = [...shown, ...page.files];
    const rows = shown.map((file) => [documentLink(file), badge(t(`outcome.${file.outcome}`), FAILED.has(file.outcome) ? "bad" : "plain"), made("span", { class: "moment" }, moment(file.at)), made("span", { class: "figure" }, file.size < 0 ? "" : bytes(file.size))]);
    const more = shown.length < page.total && button({ class: "quiet more", onclick: acting(view, async () => put(await ask(q), q)) }, t("search.next"));
    found.replaceChildren(table(t("files.all", { number: figure(page.total) }), [t("files.file"), t("files.outcome"), t("files.when"), t("files.size")], rows), more || "");
  };
  const ask = (q) => fetched(`/api/admin/files?${new URLSearchParams({ q, limit: AT_ONCE, offset: shown.length })}`, { signal: view.stop.signal });
  const show = async (q) => { shown = []; put(await ask(q), q); };
  put(first, "");
  return made("div", { class: "everything" }, form, found);
}

function documentLink(file) {
  const name = nameOf(file.path);
  return file.document_id ? made("a", { href: documentAddress(file.document_id), "data-go": true, title: file.path }, name) : made("span", { title: file.path }, name);
}

// A reason names its file, which stands above it already.
function reasonOf(file) {
  const name = `${nameOf(file.path)}: `;
  return file.reason.startsWith(name) ? file.reason.slice(name.length) : file.reason;
}

function nameOf(path) { return path.slice(path.lastIndexOf("/") + 1); }
