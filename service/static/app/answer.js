// One question and its answer: what was asked, how sure the memory is, the words with their markers, the sources.

import { actions } from "./actions.js";
import { button, made, newId } from "./elements.js";
import { openPanel, panelIsOpen } from "./panel.js";
import * as where from "./place.js";
import { currentLanguage, day, t } from "./words.js";

// A turn of a conversation; its parts are filled as they come.
// {element, loading(), begin(answer), words(text), end(answer), fail(message, retry), withheld()}
export function newTurn(question, { asOf = null, collection = null, alone = null } = {}) {
  const body = made("div", { class: "turn-body" });
  const id = newId("asked");
  const context = where.joined(asOf && t("ask.as_of_day", { day: day(asOf) }), collection && t("ask.in_collection", { collection: where.capital(collection) }));
  const element = made("article", { class: "turn", "aria-labelledby": id },
    made("h2", { class: "asked", id, tabindex: "-1" }, question),
    context && made("p", { class: "context" }, context), body);
  let text = null;
  return {
    element,
    heading: element.firstChild,
    loading() { body.replaceChildren(skeleton()); },
    begin(answer) { text = showBegun(body, answer, { alone }); },
    words(piece, answer) {
      // A model's text grows by pieces of one paragraph.
      const [first, ...more] = sentences(piece, answer);
      if (answer.generated_by !== "extractive" && text.lastChild) text.lastChild.append(...withMarkers(piece, answer));
      else if (first) text.append(first, ...more);
    },
    end(answer, options) { body.replaceChildren(...whole(answer, { alone, ...options })); },
    fail(message, retry) { body.replaceChildren(failure(message, retry)); },
    withheld(again) { body.replaceChildren(hiddenAnswer(again)); },
  };
}

function skeleton() {
  return made("div", { class: "loading" },
    made("p", { class: "verdict", role: "status" }, t("ask.looking")),
    made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
}

function failure(message, retry) {
  return made("div", { class: "notice error", role: "alert" }, made("p", {}, message),
    retry && button({ class: "quiet", onclick: retry }, t("error.again")));
}

function hiddenAnswer(again) {
  return made("div", { class: "notice" }, made("p", {}, t("history.withheld")),
    button({ class: "quiet", onclick: again }, t("history.ask_again")));
}

// What there is before the words come.
function showBegun(body, answer, options) {
  const text = made("div", { class: `answer ${answer.state}` });
  body.replaceChildren(...above(answer, options), text);
  return text;
}

function whole(answer, { alone, question, acting = true } = {}) {
  const cited = answer.supported ? citedBy(answer) : answer.closest;
  return [
    ...above(answer, { alone }),
    made("div", { class: `answer ${answer.state}` }, sentences(answerText(answer), answer)),
    notes(answer),
    cited.length > 0 && sources(answer, cited),
    made("p", { class: "made" }, t("answer.took", { ms: Math.max(1, Math.round(answer.took_ms)) })),
    acting && actions(answer, question),
  ].filter(Boolean);
}

function above(answer, { alone }) {
  return [
    made("p", { class: `verdict ${answer.state}` }, verdict(answer)),
    leaning(answer, alone),
    saidOf((answer.notes ?? []).filter(isPast).map(noted)),
  ].filter(Boolean);
}

function verdict({ state, generated_by: by }) {
  if (state === "answered" && by !== "extractive") return t("verdict.model");
  return t(`verdict.${state}`);
}

const NOTHING = "The memory does not hold an answer";
const CLOSEST_ONLY = "I have no sure answer";

// What the service says when it does not know, and has no reason to give, is English; its reader may have chosen another language.
function answerText({ answer, closest, state }) {
  if (state === "answered" || currentLanguage() === "en") return answer;
  if (answer.startsWith(NOTHING)) return t("answer.unknown");
  if (!answer.startsWith(CLOSEST_ONLY)) return answer;
  const { custodian } = closest.find((citation) => citation.custodian) ?? {};
  return custodian ? t("answer.only_closest_ask", { custodian }) : t("answer.only_closest");
}

// Whoever asked sees what a follow-up was looked up as, and can take it back.
function leaning(answer, alone) {
  if (!answer.asked_as) return null;
  return made("p", { class: "leaning" }, t("ask.leaning", { question: answer.asked_as }), " ",
    alone && button({ class: "link", onclick: alone }, t("ask.alone")));
}

// What the service says about the answer: what replaced what, what is a draft, which texts disagree. With proof.
function notes(answer) {
  const said = (answer.notes ?? []).filter((note) => !isPast(note)).map(noted);
  const contrary = (answer.contradictions ?? []).map(({ about, values, citations }) =>
    [t("note.contradiction", { about, values: `${values.join(" · ")} ${citations.map(({ marker }) => `[${marker}]`).join(" ")}` }), citations]);
  return saidOf([...said, ...contrary]);
}

// As of which day the question was read is known before the answer is.
function isPast({ kind }) { return kind === "past"; }

function noted({ text, citations }) { return [text, citations ?? []]; }

function saidOf(all) {
  return all.length > 0 && made("ul", { class: "notes" }, all.map(([text, citations]) => made("li", {}, withMarkers(text, { citations }))));
}

// Everything that has a marker, in the order of the markers.
function citedBy(answer) {
  const proofs = [...(answer.notes ?? []), ...(answer.contradictions ?? [])].flatMap((one) => one.citations ?? []);
  return [...answer.citations, ...proofs];
}

// Verbatim sentences come from different places and each stands for itself; what a model wrote is one text.
function sentences(text, answer) {
  const parts = answer.generated_by === "extractive" ? text.split(/(?<=\[\d+\])\s+/).filter(Boolean) : [text];
  return parts.map((part) => made("p", {}, withMarkers(part.trimEnd(), answer)));
}

// "… in arrears. [1]" -> text, with a button for each marker that there is a citation for.
function withMarkers(text, answer) {
  return text.split(/(\[\d+\])/).map((part) => {
    const number = /^\[(\d+)\]$/.exec(part);
    const citation = number && answer.citations.find((one) => one.marker === Number(number[1]));
    if (!citation) return part;
    return button({
      class: "marker", "data-url": citation.url,
      "aria-label": t("source.marker", { number: number[1], title: citation.title, page: where.pageName(citation.page, citation.page_label) }),
      onclick: () => open(citation.url, answer.citations),
    }, number[1]);
  });
}

function open(url, cited, focus = true) {
  openPanel(where.placeOf(url), { sources: cited.map((one) => where.placeOf(one.url)), focus });
}

function sources(answer, cited) {
  const title = t(answer.supported ? "answer.sources" : "answer.closest");
  return made("div", { class: `sources ${answer.state}` }, made("h3", {}, title),
    made("ol", { class: "citations" }, cited.map((citation) => citationItem(citation, cited, answer.supported))));
}

function citationItem(citation, cited, numbered) {
  const place = where.joined(where.sectionName(citation), where.pageName(citation.page, citation.page_label), where.inForce(citation));
  const also = (citation.also_in ?? []).map((one) => made("li", {}, button({ class: "link", "data-url": one.url, onclick: () => open(one.url, cited) },
    `${one.title}, ${where.pageName(one.page, null)}`)));
  return made("li", {}, button({
    class: numbered ? "citation numbered" : "citation", "data-url": citation.url,
    onclick: () => open(citation.url, cited),
    // While the panel is beside, it follows the citation that has the focus.
    onfocus: (event) => { if (panelIsOpen() && event.target.matches(":focus-visible")) open(citation.url, cited, false); },
  },
  numbered && made("span", { class: "number" }, citation.marker),
  made("span", { class: "title" }, citation.title, where.badges(citation)),
  made("span", { class: "where" }, place),
  made("span", { class: "quote" }, quoted(citation))),
  inContext(citation),
  also.length > 0 && made("div", { class: "also" }, made("span", {}, t("source.also")), made("ul", {}, also)));
}

// The whole table, the definition or the passage that the quote stands in, where there is more than the quote.
function inContext({ page, start, end, excerpt = [] }) {
  const within = ({ page: of, start: from, end: to }) => of === page && from <= start && end <= to;
  if (!excerpt.some((part) => !within(part) || part.end - part.start > end - start)) return null;
  const parts = excerpt.map((part) => made("p", {}, within(part)
    ? [where.sliced(part.text, 0, start - part.start), made("mark", {}, where.sliced(part.text, start - part.start, end - part.start)), where.sliced(part.text, end - part.start)]
    : part.text));
  return made("details", { class: "in-context" }, made("summary", {}, t("source.context")), parts);
}

// The quote, with the words that answer who, when and how much marked where the service names them.
function quoted(citation) {
  const { quote, answer_start: start, answer_end: end } = citation;
  if (!Number.isInteger(start) || !Number.isInteger(end) || end <= start) return quote;
  const [from, to] = [start - citation.start, end - citation.start];
  return [where.sliced(quote, 0, from), made("mark", {}, where.sliced(quote, from, to)), where.sliced(quote, to)];
}
