// A question and its answer in the panel: how sure the memory is, the words with their markers, the sources.
// Text all of it: nothing that a document, a file's name or a model says becomes markup.

import { button, made, newId } from "../app/elements.js";
import { badges, inForce, joined, pageName, sectionName, sliced } from "../app/place.js";
import { currentLanguage, t } from "../app/words.js";
import { feedback } from "./feedback.js";

// How many sources stand there at once; the others are a press away.
const AT_ONCE = 4;

// `tools`: {question, service, open(citation, cited), alone()}
export function newTurn(question, tools) {
  const body = made("div", { class: "turn-body" });
  const id = newId("asked");
  const element = made("article", { class: "turn", "aria-labelledby": id }, made("h3", { class: "asked", id }, question), body);
  let text = null;
  let waiting = null;
  return {
    element,
    loading() { waiting = null; body.replaceChildren(skeleton()); },
    slow() { body.querySelector(".verdict").textContent = t("widget.slow"); },
    begin(answer) { text = made("div", { class: "answer" }); body.replaceChildren(...above(answer, tools), text); },
    words(piece, answer) { text.append(...grown(text, piece, answer, tools)); },
    end(answer) { body.replaceChildren(...whole(answer, tools)); },
    fail(message, again, elsewhere) { body.replaceChildren(failure(message, again, elsewhere)); },
    withheld(again) { body.replaceChildren(withheld(again)); },
    text() { return folded(body.querySelector(".answer").innerText); },
    // Whether it is the first that is said of this wait.
    waits(message, seconds, now) {
      const first = waiting === null;
      if (first) body.replaceChildren((waiting = waitingFor(message, now)).element);
      waiting.count.textContent = t("widget.again_in", { seconds });
      return first;
    },
  };
}

function skeleton() {
  return made("div", { class: "loading" }, made("p", { class: "verdict" }, t("ask.looking")),
    made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
}

function waitingFor(message, now) {
  const count = made("span");
  const element = made("div", { class: "notice" }, made("p", {}, message, " ", count), button({ class: "quiet", onclick: now }, t("widget.again_now")));
  return { element, count };
}

function failure(message, again, elsewhere) {
  return made("div", { class: "notice error" }, made("p", {}, message), made("p", { class: "row" },
    elsewhere && made("a", { class: "quiet", href: elsewhere, target: "_blank", rel: "noopener noreferrer" }, t("sign_in.title")),
    button({ class: "quiet", onclick: again }, t("error.again"))));
}

function withheld(again) {
  return made("div", { class: "notice" }, made("p", {}, t("history.withheld")), button({ class: "quiet", onclick: again }, t("history.ask_again")));
}

function whole(answer, tools) {
  const cited = answer.supported ? citedBy(answer) : answer.closest;
  return [
    ...above(answer, tools),
    made("div", { class: "answer" }, sentences(answerText(answer), answer, tools)),
    // In so narrow a place the answer comes first, and what is to be said about it after.
    notes(answer, tools),
    cited.length > 0 && sources(answer, cited, tools),
    feedback(answer, tools),
  ].filter(Boolean);
}

function above(answer, tools) {
  return [
    made("p", { class: `verdict ${stateOf(answer)}` }, verdict(answer)),
    answer.asked_as && made("p", { class: "leaning" }, t("ask.leaning", { question: answer.asked_as }), " ",
      button({ class: "link", onclick: tools.alone }, t("ask.alone"))),
  ].filter(Boolean);
}

// "answered", "closest" or "nothing".
function stateOf(answer) {
  return answer.state ?? (answer.supported ? "answered" : "nothing");
}

function verdict(answer) {
  const state = stateOf(answer);
  if (state === "answered" && answer.generated_by !== "extractive") return t("verdict.model");
  return t(`verdict.${state}`);
}

const UNKNOWN = "The memory does not hold an answer";

// What the service says when it does not know is English; its reader may have chosen another language.
function answerText(answer) {
  if (answer.supported || currentLanguage() === "en" || !answer.answer.startsWith(UNKNOWN)) return answer.answer;
  const { custodian } = answer.closest.find((citation) => citation.custodian) ?? {};
  return custodian ? t("answer.unknown_ask", { custodian }) : t("answer.unknown");
}

// What replaced what, what is a draft, which texts disagree: with proof.
function notes(answer, tools) {
  const said = (answer.notes ?? []).map((note) => [note.text, note.citations ?? []]);
  const contrary = (answer.contradictions ?? []).map(({ about, values, citations }) =>
    [t("note.contradiction", { about, values: `${values.join(" · ")} ${citations.map(({ marker }) => `[${marker}]`).join(" ")}` }), citations]);
  const all = [...said, ...contrary];
  return all.length > 0 && made("ul", { class: "notes" }, all.map(([text, citations]) =>
    made("li", {}, withMarkers(text, citations, citedBy(answer), tools))));
}

// Everything that has a marker, in the order of the markers.
function citedBy(answer) {
  return [...answer.citations, ...[...(answer.notes ?? []), ...(answer.contradictions ?? [])].flatMap((one) => one.citations ?? [])];
}

// Verbatim sentences come from different places and each stands for itself; what a model wrote is one text.
function sentences(text, answer, tools) {
  const parts = answer.generated_by === "extractive" ? text.split(/(?<=\[\d+\])\s+/).filter(Boolean) : [text];
  return parts.map((part) => made("p", {}, withMarkers(part.trimEnd(), answer.citations, citedBy(answer), tools)));
}

// What a piece of the stream adds: paragraphs, or words to the one that a model writes.
function grown(text, piece, answer, tools) {
  const last = text.lastElementChild;
  if (answer.generated_by === "extractive" || !last) return sentences(piece, answer, tools);
  last.append(...withMarkers(piece, answer.citations, citedBy(answer), tools));
  return [];
}

// "… in arrears. [1]" -> text, with a button for each marker that there is a citation for.
function withMarkers(text, citations, cited, tools) {
  return text.split(/(\[\d+\])/).map((part) => {
    const number = /^\[(\d+)\]$/.exec(part)?.[1];
    const citation = number && citations.find((one) => one.marker === Number(number));
    if (!citation) return part;
    const label = t("source.marker", { number, title: citation.title, page: pageName(citation.page, citation.page_label) });
    return button({ class: "marker", "aria-label": label, onclick: () => tools.open(citation, cited) }, number);
  });
}

function sources(answer, cited, tools) {
  const items = cited.map((citation) => made("li", {}, citationItem(citation, cited, answer, tools)));
  const list = made("ol", { class: "citations" }, items.slice(0, AT_ONCE));
  const rest = items.slice(AT_ONCE);
  const more = rest.length > 0 && button({ class: "link", onclick: () => {
    list.append(...rest);
    more.remove();
    rest[0].firstChild.focus();
  } }, t("search.more", { number: rest.length }));
  return made("div", { class: "sources" }, made("h4", {}, t(answer.supported ? "answer.sources" : "answer.closest")), list, more);
}

function citationItem(citation, cited, answer, tools) {
  const numbered = answer.supported;
  const place = joined(sectionName(citation), pageName(citation.page, citation.page_label), inForce(citation));
  return button({ class: numbered ? "citation numbered" : "citation", onclick: () => tools.open(citation, cited) },
    numbered && made("span", { class: "number" }, citation.marker),
    made("span", { class: "title" }, citation.title, badges(citation)),
    made("span", { class: "where" }, place),
    // A quote that is the answer stands above.
    !folded(answer.answer).includes(folded(citation.quote)) && made("span", { class: "quote" }, quoted(citation)));
}

function folded(text) { return text.replace(/\s+/g, " "); }

// The quote, with the words that answer who, when and how much marked where the service names them.
export function quoted(citation) {
  const { quote, answer_start: start, answer_end: end } = citation;
  if (!Number.isInteger(start) || !Number.isInteger(end) || end <= start) return [quote];
  const [from, to] = [start - citation.start, end - citation.start];
  return [sliced(quote, 0, from), made("mark", {}, sliced(quote, from, to)), sliced(quote, to)];
}
