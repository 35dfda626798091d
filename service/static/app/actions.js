// What can be done with an answer: copied, taken along as a file, shared, printed, and said whether it helped.

import { button, made, newId } from "./elements.js";
import { icon } from "./icons.js";
import { fetched, fetchedText } from "./requests.js";
import { hasSignIn } from "./session.js";
import { currentLanguage, t } from "./words.js";

export function actions(answer, question) {
  const said = made("span", { class: "said", role: "status" });
  const kept = Number.isInteger(answer.turn_id);
  const row = made("div", { class: "actions" },
    kept && action("copy", "action.copy", () => copy(answer, "text", said)),
    kept && action("copy", "action.markdown", () => copy(answer, "markdown", said)),
    kept && made("a", { class: "quiet", href: exportPath(answer, "docx"), download: true }, icon("download"), t("action.word")),
    kept && action("share", "action.share", () => share(answer, said)),
    action("print", "action.print", () => window.print()));
  return made("footer", { class: "turn-foot" }, row, said, hasSignIn() && feedback(answer, question));
}

function action(drawing, key, onclick) {
  return button({ class: "quiet", onclick }, icon(drawing), t(key));
}

function exportPath(answer, form) {
  return `/api/turns/${answer.turn_id}/export?form=${form}&language=${currentLanguage()}`;
}

async function copy(answer, form, said) {
  said.textContent = "";
  try {
    await put(await fetchedText(exportPath(answer, form)), said, t("action.copied"));
  } catch (error) {
    said.textContent = error.message;
  }
}

async function share(answer, said) {
  said.textContent = "";
  try {
    const { url } = await fetched(`/api/turns/${answer.turn_id}/share`, { method: "POST" });
    await put(new URL(url, location.origin).href, said, t("action.shared"));
  } catch (error) {
    said.textContent = error.message;
  }
}

// Into the clipboard; where the browser gives none (no TLS), into a field from which it can be taken.
async function put(text, said, done) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = done;
  } catch {
    const field = made("textarea", { class: "taken", readonly: true, rows: "6", "aria-label": t("action.take") });
    field.value = text;
    said.replaceChildren(t("action.take"), field);
    field.select();
    field.scrollIntoView({ block: "nearest" });
  }
}

// Useful or not, which source was wrong, and words.

function feedback(answer, question) {
  const id = newId("useful");
  const box = made("div", { class: "feedback", role: "group", "aria-labelledby": id });
  const give = (useful) => {
    box.replaceChildren(form(answer, question, useful, box));
    box.querySelector("textarea").focus();
  };
  box.append(made("span", { id }, t("feedback.ask")),
    button({ class: "quiet", onclick: () => give(true) }, icon("yes"), t("feedback.yes")),
    button({ class: "quiet", onclick: () => give(false) }, icon("no"), t("feedback.no")));
  return box;
}

function form(answer, question, useful, box) {
  const cited = useful ? [] : [...answer.citations, ...answer.closest];
  const name = newId("wrong");
  const choice = (value, label, checked) => made("label", {}, made("input", { type: "radio", name, value, checked }), label);
  const words = made("textarea", { rows: "2", maxlength: "2000", id: newId("words") });
  const element = made("form", { class: "feedback-form" },
    cited.length > 0 && made("fieldset", { class: "field" }, made("legend", {}, t("feedback.wrong")),
      choice("", t("feedback.none"), true), cited.map((one) => choice(one.marker, `${one.marker} · ${one.title}`, false))),
    made("label", { for: words.id }, t(useful ? "feedback.words_yes" : "feedback.words_no")), words,
    made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("feedback.send"))));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const marker = new FormData(element).get(name);
    const meant = cited.find((one) => String(one.marker) === marker) ?? answer.citations[0] ?? answer.closest[0];
    const told = { question, answer_id: answer.answer_id ?? null, generation: answer.generation, useful,
      wrong_citation: marker ? Number(marker) : null, document_id: meant?.document_id ?? null, text: words.value.trim() };
    const thanks = await fetched("/api/feedback", { method: "POST", json: told }).then(() => t("feedback.thanks"), (error) => error.message);
    box.replaceChildren(made("p", { role: "status", tabindex: "-1" }, thanks));
    box.firstChild.focus();
  });
  return element;
}
