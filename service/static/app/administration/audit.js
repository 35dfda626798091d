// The audit: who did what and was shown which passages, newest first; whether it was tampered with; all of it to take along.

import { button, made } from "../elements.js";
import { icon } from "../icons.js";
import { fetched } from "../requests.js";
import { figure, t } from "../words.js";
import { acting, moment, table, tell } from "./parts.js";

const AT_ONCE = 50;

export async function audit(view) {
  const found = made("div", {});
  let shown = [];
  const put = (entries) => {
    shown = [...shown, ...entries];
    const rows = shown.map((entry) => [figure(entry.seq), made("span", { class: "moment" }, moment(entry.at)), entry.actor, entry.action, details(entry.detail)]);
    const more = entries.length === AT_ONCE && button({ class: "quiet more", onclick: acting(view, async () => put(await ask())) }, t("search.next"));
    found.replaceChildren(table(t("audit.entries"), [t("audit.number"), t("audit.when"), t("audit.who"), t("audit.what"), t("audit.details")], rows), more || "");
  };
  const ask = async () => {
    const query = new URLSearchParams({ order: "newest", limit: AT_ONCE, ...(shown.length && { before: shown.at(-1).seq }) });
    return (await fetched(`/api/admin/audit?${query}`, { signal: view.stop.signal })).entries;
  };
  put(await ask());
  const actions = made("div", { class: "actions" },
    button({ class: "primary", onclick: acting(view, () => verify(view)) }, icon("audit"), t("audit.verify")),
    made("a", { class: "quiet", href: "/api/admin/audit/export", download: true }, icon("download"), t("audit.export")));
  return [actions, found];
}

async function verify(view) {
  const verdict = await fetched("/api/admin/audit/verify", { signal: view.stop.signal });
  if (verdict.faults.length) tell(view, t("audit.tampered", { faults: verdict.faults.join("; ") }), { bad: true });
  else tell(view, t("audit.untouched", { entries: figure(verdict.entries), head: verdict.head }));
}

// Details as words; which passages were shown, on demand.
function details(detail) {
  const { passages, question, ...others } = detail ?? {};
  const rest = Object.entries(others).map(([name, value]) => [name, inWords(value)]).filter(([, words]) => words).map((pair) => pair.join(": "));
  return made("span", { class: "detail" }, question && made("q", {}, question), made("span", { class: "when" }, rest.join(" · ")),
    passages?.length > 0 && made("details", {}, made("summary", {}, t("audit.passages", { number: passages.length })),
      made("ul", {}, passages.map((place) => made("li", { class: "when" }, Object.entries(place).filter(([name]) => name !== "sha256").map(([name, value]) => `${name} ${value}`).join(", "))))));
}

function inWords(value) {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  return typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name} ${inWords(one)}`).join(", ") : String(value);
}
