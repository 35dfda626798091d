// What the parts of the administration are made from: tables, forms, questions before what cannot be undone.

import { announce, button, made, newId } from "../elements.js";
import { icon } from "../icons.js";
import { hour, shortDay, t } from "../words.js";

// Rows of cells; where there is no room each row is a card, and each cell says of which column it is.
export function table(caption, columns, rows) {
  const id = newId("table");
  const head = made("tr", { role: "row" }, columns.map((name) => made("th", { scope: "col", role: "columnheader" }, name)));
  const body = rows.map((row) => made("tr", { role: "row" }, row.map((cell, at) =>
    made("td", { role: "cell" }, columns[at] && made("span", { class: "column", "aria-hidden": "true" }, columns[at]), made("span", { class: "value" }, cell ?? "")))));
  return made("section", { "aria-labelledby": id }, made("h3", { id }, caption), rows.length
    ? made("table", { class: "cells", role: "table", "aria-labelledby": id }, made("thead", { role: "rowgroup" }, head), made("tbody", { role: "rowgroup" }, body))
    : made("p", { class: "hint" }, t("admin.empty")));
}

export function field(label, input, hint) {
  input.id ||= newId("field");
  const told = hint && made("span", { class: "hint", id: `${input.id}-hint` }, hint);
  if (told) input.setAttribute("aria-describedby", told.id);
  return made("div", { class: "field" }, made("label", { for: input.id }, label), input, told);
}

// Boxes to tick: {element, chosen()}.
export function boxes(title, names, wording, ticked) {
  const inputs = names.map((name) => made("input", { type: "checkbox", value: name, checked: ticked.includes(name) }));
  const element = made("fieldset", { class: "field" }, made("legend", {}, title), made("div", { class: "boxes" },
    inputs.map((input, at) => made("label", {}, input, made("span", {}, wording(names[at]))))));
  return { element, chosen: () => inputs.filter((input) => input.checked).map((input) => input.value) };
}

// Does the work of a button or form; says what went wrong where it was tried.
export function acting(view, work) {
  return async (event) => {
    event?.preventDefault();
    const pressed = event?.submitter ?? event?.currentTarget;
    if (pressed?.disabled) return;
    pressed?.setAttribute("aria-busy", "true");
    view.told.replaceChildren();
    try {
      await work(event);
    } catch (error) {
      if (!view.stop.signal.aborted) tell(view, error.message, { bad: true });
    } finally {
      pressed?.removeAttribute("aria-busy");
    }
  };
}

export function tell(view, text, { bad = false } = {}) {
  view.told.replaceChildren(made("p", { class: bad ? "notice error" : "notice", role: bad ? "alert" : null }, text));
  view.told.scrollIntoView({ block: "nearest" });
  if (!bad) announce(text);
}

// A secret that is told once: it stays until it is put away, and can be copied.
export function tellSecret(view, title, secret) {
  const copied = made("span", { role: "status" });
  const shown = made("input", { class: "secret", readonly: true, value: secret, "aria-label": title });
  const copy = async () => {
    shown.select();
    await navigator.clipboard?.writeText(secret);
    copied.textContent = navigator.clipboard ? t("admin.copied") : "";
  };
  view.told.replaceChildren(made("div", { class: "notice" }, made("p", {}, made("strong", {}, title)), made("p", {}, t("admin.once")),
    made("div", { class: "secret-line" }, shown, button({ class: "quiet", onclick: copy }, icon("copy"), t("admin.copy")),
      button({ class: "quiet", onclick: () => view.told.replaceChildren() }, t("admin.put_away")), copied)));
  shown.focus({ preventScroll: true });
  view.told.scrollIntoView({ block: "nearest" });
}

// Asks before what cannot be taken back; resolves to whether it is wanted.
export function sure(question, consequence, yes) {
  return new Promise((decided) => {
    const id = newId("sure");
    const dialog = made("dialog", { class: "settings", "aria-labelledby": id },
      made("h2", { id }, question), made("p", {}, consequence),
      made("div", { class: "actions" },
        button({ class: "primary", onclick: () => dialog.close("yes") }, yes),
        button({ class: "quiet", onclick: () => dialog.close("no") }, t("admin.rather_not"))));
    dialog.addEventListener("close", () => { dialog.remove(); decided(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function badge(text, mood = "") {
  return made("span", { class: `badge ${mood}`.trim() }, text);
}

export function moment(iso) {
  if (!iso) return t("admin.never");
  return `${shortDay(iso)}, ${hour(iso)}`;
}

// "a, b" -> ["a", "b"]
export function listed(text) {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}
