// Whether an answer helped, which of its sources is wrong, and words: sent to who answers for the document.

import { button, made, newId } from "../app/elements.js";
import { icon } from "../app/icons.js";
import { t } from "../app/words.js";

export function feedback(answer, tools) {
  const id = newId("useful");
  const box = made("div", { class: "feedback", role: "group", "aria-labelledby": id });
  const give = (useful) => {
    box.replaceChildren(form(answer, tools, useful, box));
    box.querySelector("input, textarea").focus();
    box.scrollIntoView({ block: "nearest" });
  };
  box.append(made("span", { id }, t("feedback.ask")),
    button({ class: "quiet", onclick: () => give(true) }, icon("yes"), t("feedback.yes")),
    button({ class: "quiet", onclick: () => give(false) }, icon("no"), t("feedback.no")));
  return box;
}

function form(answer, tools, useful, box) {
  const cited = useful ? [] : [...answer.citations, ...answer.closest];
  const name = newId("wrong");
  const choice = (value, label, checked) => made("label", { class: "choice" }, made("input", { type: "radio", name, value, checked }), made("span", {}, label));
  const words = made("textarea", { rows: "2", maxlength: "2000", id: newId("words") });
  const failed = made("p", { class: "notice error", role: "alert", hidden: true });
  const element = made("form", { class: "feedback-form" },
    cited.length > 0 && made("fieldset", {}, made("legend", {}, t("feedback.wrong")),
      cited.map((one) => choice(one.marker, `${one.marker} · ${one.title}`, false)), choice("", t("feedback.none"), true)),
    made("label", { for: words.id }, t(useful ? "feedback.words_yes" : "feedback.words_no")), words, failed,
    made("p", { class: "row" }, made("button", { type: "submit", class: "primary" }, t("feedback.send"))));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const marker = new FormData(element).get(name);
    try {
      await tools.service.fetched("/api/feedback", { method: "POST", json: said(answer, cited, marker, useful, words.value, tools.question) });
      box.replaceChildren(made("p", { class: "thanks", tabindex: "-1", role: "status" }, t("feedback.thanks")));
      box.firstChild.focus();
    } catch (failure) {
      // What was written stays, to be sent again.
      failed.textContent = failure.message;
      failed.hidden = false;
    }
  });
  return element;
}

function said(answer, cited, marker, useful, words, question) {
  const meant = cited.find((one) => String(one.marker) === marker) ?? answer.citations[0] ?? answer.closest[0];
  return {
    question, useful, answer_id: answer.answer_id ?? null, generation: answer.generation,
    wrong_citation: marker ? Number(marker) : null, document_id: meant?.document_id ?? null, text: words.trim(),
  };
}
