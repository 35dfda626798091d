// Two texts section by section, with the words that differ marked; without two texts, the form that asks for them.

import { announce, button, heading, loadStyle, made } from "./elements.js";
import { icon } from "./icons.js";
import { openPanel } from "./panel.js";
import * as where from "./place.js";
import { fetched } from "./requests.js";
import { figure, t } from "./words.js";

const SIDES = ["left", "right"];
const STATES = ["changed", "different", "added", "removed", "same"];
// Run -> element, and what somebody hears who does not see the colour.
const MARKS = { removed: ["del", "compare.gone"], added: ["ins", "compare.come"] };

export function compareView(main, url, go) {
  const view = { go, stop: new AbortController(), found: null, result: made("div", { class: "comparison" }) };
  document.title = `${t("compare.title")} · Khumbula`;
  const asked = Object.fromEntries(SIDES.map((side) => [side, url.searchParams.get(side) ?? ""]));
  const both = asked.left && asked.right;
  const choice = form(view, asked);
  main.replaceChildren(heading(t("compare.title")),
    both ? made("details", { class: "others" }, made("summary", {}, t("compare.others")), choice) : choice, view.result);
  if (both) load(view, asked);
  else choice.querySelector(asked.left ? "#right" : "#left").focus();
  return { leave: () => view.stop.abort() };
}

function form(view, asked) {
  const fields = SIDES.map((side) => made("input", { id: side, value: asked[side], required: true, maxlength: "300", list: "titles", autocomplete: "off", "aria-describedby": "compare-hint", "data-slash": side === "left" }));
  const titles = made("datalist", { id: "titles" });
  const compare = () => view.go(`/compare?${new URLSearchParams(SIDES.map((side, at) => [side, fields[at].value.trim()]))}`);
  const swap = () => { [fields[0].value, fields[1].value] = [fields[1].value, fields[0].value]; if (fields.every((one) => one.value)) compare(); };
  offerTitles(view, titles);
  return made("form", { class: "compare", onsubmit: (event) => { event.preventDefault(); compare(); } },
    SIDES.map((side, at) => made("div", { class: "field" }, made("label", { for: side }, t(`compare.${side}`)), fields[at])),
    titles, made("p", { class: "hint", id: "compare-hint" }, t("compare.hint")),
    made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("compare.compare")),
      button({ class: "quiet", onclick: swap }, icon("swap"), t("compare.swap"))));
}

async function offerTitles(view, titles) {
  const shelf = await fetched("/api/shelf?limit=200", { signal: view.stop.signal }).catch(() => null);
  titles.append(...(shelf?.documents ?? []).map(({ title }) => made("option", { value: title })));
}

async function load(view, asked) {
  await loadStyle("compare");
  view.result.replaceChildren(made("p", { class: "hint", role: "status" }, t("compare.looking")),
    made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
  try {
    view.found = await fetched(`/api/compare?${new URLSearchParams(asked)}`, { signal: view.stop.signal });
    document.title = `${view.found.left.title} / ${view.found.right.title} · Khumbula`;
    show(view);
  } catch (error) {
    if (view.stop.signal.aborted) return;
    const again = error.kind !== "missing" && error.kind !== "refused" && button({ class: "quiet", onclick: () => load(view, asked) }, t("error.again"));
    view.result.parentElement?.querySelector(".others")?.setAttribute("open", "");
    view.result.replaceChildren(made("div", { class: "notice error", role: "alert" }, made("p", {}, error.message), again));
  }
}

function show(view) {
  const { found } = view;
  const summary = STATES.filter((state) => found.counts[state]).map((state) => made("li", { class: state }, made("strong", {}, figure(found.counts[state])), ` ${t(`compare.${state}`)}`));
  const same = found.pairs.every((pair) => pair.status === "same");
  const list = made("ol", { class: "pairs" }, found.pairs.map((pair) => made("li", { hidden: pair.status === "same" && !same }, pairItem(pair))));
  const only = made("input", { type: "checkbox", checked: true, onchange: () => found.pairs.forEach((pair, at) => { list.children[at].hidden = only.checked && pair.status === "same"; }) });
  view.result.replaceChildren(
    made("div", { class: "sides" }, sideItem(found.left, "left"), sideItem(found.right, "right")),
    made("div", { class: "summary" }, made("ul", { class: "tally" }, summary), !same && found.counts.same > 0 ? made("label", { class: "choice" }, only, t("compare.only")) : ""),
    ...Object.entries(found.left_out).map(([language, number]) => made("p", { class: "hint" }, t("compare.left_out", { language, number }))),
    same ? made("p", { class: "notice" }, t("compare.identical")) : "", list);
  announce(summary.map((item) => item.textContent).join(", "));
}

function sideItem(version, side) {
  const facts = where.joined(t("version.number", { number: version.version }), where.inForce(version), version.file_name);
  return made("div", { class: "card" }, made("span", { class: "when" }, t(`compare.${side}`)),
    made("a", { class: "title", href: where.documentAddress(version.document_id, version.version), "data-go": true }, version.title), where.badges(version),
    made("span", { class: "when" }, facts));
}

function pairItem(pair) {
  const title = titleOf(pair);
  const open = [pair.left, pair.right].map((section, at) => section && button({
    class: "link", "data-url": section.url, "aria-label": t("compare.open", { section: `${t(`compare.${SIDES[at]}`)}, ${nameOf(section)}` }),
    onclick: () => openPanel(where.placeOf(section.url)),
  }, t(`compare.${SIDES[at]}`)));
  return made("details", { class: `pair ${pair.status}`, open: pair.status !== "same" },
    made("summary", {}, made("span", { class: "pair-title" }, title), made("span", { class: "badge state" }, t(`compare.${pair.status}`))),
    figures(pair), pair.near && made("p", { class: "when" }, t("compare.near", { section: pair.near })),
    made("p", { class: "runs" }, pair.runs.flatMap(marked)), made("p", { class: "pair-foot" }, open));
}

function titleOf(pair) {
  const names = [pair.left, pair.right].filter(Boolean).map(nameOf);
  return names[0] === names.at(-1) ? names[0] : names.join(" → ");
}

function nameOf(section) {
  return [section.number, section.title].filter(Boolean).join(" ") || t("compare.opening");
}

function figures(pair) {
  if (!(pair.figures_left.length || pair.figures_right.length) || !pair.left || !pair.right) return null;
  const told = (list) => list.join(", ") || t("compare.no_figures");
  return made("p", { class: "figures" }, t("compare.figures", { left: told(pair.figures_left), right: told(pair.figures_right) }));
}

function marked(run) {
  const mark = MARKS[run.op];
  if (!mark) return [run.text];
  return [made(mark[0], {}, made("span", { class: "unseen" }, ` ${t(mark[1])} `), run.text, made("span", { class: "unseen" }, ` ${t("compare.back")} `))];
}
