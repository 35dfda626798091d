// Language, appearance and keys, kept in this browser; and what the keys do.

import { button, made } from "./elements.js";
import { icon } from "./icons.js";
import { fetched } from "./requests.js";
import { hasPassword } from "./session.js";
import { LANGUAGES, chooseLanguage, currentLanguage, isDraft, t } from "./words.js";

const THEMES = ["auto", "light", "dark"];
let dialog = null;

export function openSettings() {
  dialog ??= build();
  dialog.showModal();
}

function build() {
  const close = button({ class: "quiet square", "aria-label": t("settings.close"), onclick: () => dialog.close() }, icon("close"));
  const made_ = made("dialog", { class: "settings", "aria-labelledby": "settings-title" },
    made("div", { class: "panel-head" }, made("h2", { id: "settings-title" }, t("settings.title")), close),
    languageField(), themeField(), keysField(), keyList(), hasPassword() && passwordForm());
  made_.addEventListener("click", (event) => { if (event.target === made_) made_.close(); });
  document.body.append(made_);
  return made_;
}

function languageField() {
  const options = Object.entries(LANGUAGES).map(([code, name]) =>
    made("option", { value: code, lang: code, selected: code === currentLanguage() }, name));
  const select = made("select", { id: "language", onchange: () => { chooseLanguage(select.value); location.reload(); } }, options);
  return made("div", { class: "field" }, made("label", { for: "language" }, t("settings.language")), select,
    isDraft() && made("p", { class: "hint" }, t("settings.draft")));
}

function themeField() {
  const kept = localStorage.getItem("khumbula.theme") ?? "auto";
  const choices = THEMES.map((name) => made("label", {},
    made("input", { type: "radio", name: "theme", value: name, checked: name === kept, onchange: () => chooseTheme(name) }),
    t(`theme.${name}`)));
  return made("fieldset", { class: "field" }, made("legend", {}, t("settings.theme")), made("div", { class: "choices" }, choices));
}

function chooseTheme(name) {
  localStorage.setItem("khumbula.theme", name);
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
}

function keysField() {
  const on = localStorage.getItem("khumbula.keys") !== "off";
  const box = made("input", {
    type: "checkbox", checked: on,
    onchange: () => localStorage.setItem("khumbula.keys", box.checked ? "on" : "off"),
  });
  return made("div", { class: "field" }, made("label", { class: "choice" }, box, t("settings.keys")));
}

function keyList() {
  const rows = [["/", "keys.slash"], ["?", "keys.help"], ["↑ ↓", "keys.arrows"], ["← →", "keys.pages"],
    ["⇧ ← →", "keys.sources"], ["Esc", "keys.escape"]];
  return made("dl", { class: "keys" }, rows.map(([keys, key]) =>
    made("div", {}, made("dt", {}, made("kbd", {}, keys)), made("dd", {}, t(key)))));
}

function passwordForm() {
  const said = made("p", { class: "notice", role: "status", hidden: true });
  const field = (name, autocomplete) => made("input", { id: `password-${name}`, type: "password", required: true, autocomplete });
  const [old, fresh] = [field("old", "current-password"), field("new", "new-password")];
  const tell = (text, bad) => { said.textContent = text; said.classList.toggle("error", bad); said.hidden = false; };
  const change = async (event) => {
    event.preventDefault();
    try {
      await fetched("/api/me/password", { method: "POST", json: { old: old.value, new: fresh.value } });
      event.target.reset();
      tell(t("password.changed"), false);
    } catch (error) { tell(error.message, true); }
  };
  return made("details", { class: "password" }, made("summary", {}, t("password.title")), made("form", { onsubmit: change },
    made("div", { class: "field" }, made("label", { for: old.id }, t("password.old")), old),
    made("div", { class: "field" }, made("label", { for: fresh.id }, t("password.new")), fresh),
    said, made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("password.change")))));
}
