// One's own history: conversations by day, newest first; found by their words; forgotten one by one or all at once.

import { announce, button, heading, made } from "./elements.js";
import { icon } from "./icons.js";
import { fetched } from "./requests.js";
import { hasSignIn } from "./session.js";
import { counted, day, hour, t } from "./words.js";

const AT_ONCE = 30;

export function historyView(main) {
  const view = { list: made("div", { class: "history" }), words: "", stop: new AbortController() };
  const field = made("input", { type: "search", id: "history-words", maxlength: "200", "aria-label": t("history.find"), placeholder: t("history.find"), "data-slash": true, autocomplete: "off" });
  const form = made("form", { class: "ask", role: "search" }, made("div", { class: "box" }, field, made("button", { type: "submit", class: "primary" }, icon("search"), made("span", {}, t("search.search")))));
  form.addEventListener("submit", (event) => { event.preventDefault(); view.words = field.value.trim(); load(view); });
  document.title = `${t("history.title")} · Khumbula`;
  const replies = made("div", { class: "replies" });
  main.replaceChildren(heading(t("history.title")), made("p", { class: "hint" }, t("history.whose")), form, view.list, replies);
  load(view);
  if (hasSignIn()) tellOfFeedback(replies);
  return { leave: () => view.stop.abort() };
}

async function load(view) {
  view.list.replaceChildren(made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
  try {
    const found = await page(view, 0);
    if (!found.total) { view.list.replaceChildren(made("p", { class: "notice" }, t(view.words ? "history.nothing" : "history.empty"))); return; }
    view.list.replaceChildren();
    show(view, found);
  } catch (error) {
    if (view.stop.signal.aborted) return;
    view.list.replaceChildren(made("div", { class: "notice error", role: "alert" }, made("p", {}, error.message), button({ class: "quiet", onclick: () => load(view) }, t("error.again"))));
  }
}

function page(view, offset) {
  const query = new URLSearchParams({ q: view.words, limit: AT_ONCE, offset });
  return fetched(`/api/conversations?${query}`, { signal: view.stop.signal });
}

function show(view, found) {
  for (const one of found.conversations) dayList(view, one.changed_at).append(item(view, one));
  const shown = found.offset + found.conversations.length;
  if (shown < found.total) {
    const more = button({ class: "quiet more", onclick: async () => { const next = await page(view, shown); more.remove(); show(view, next); } }, t("search.next"));
    view.list.append(more);
  } else if (!view.words) view.list.append(button({ class: "link forget-all", onclick: () => forgetAll(view) }, t("history.forget_all")));
}

function dayList(view, at) {
  const name = day(at);
  const last = [...view.list.querySelectorAll("section")].at(-1);
  if (last?.dataset.day === name) return last.lastChild;
  const section = made("section", { "data-day": name }, made("h2", {}, name), made("ul", { class: "shelf" }));
  view.list.append(section);
  return section.lastChild;
}

function item(view, one) {
  const forget = async () => {
    try {
      await fetched(`/api/conversations/${one.id}`, { method: "DELETE" });
    } catch (error) {
      announce(error.message);
      return;
    }
    const next = element.nextElementSibling ?? element.previousElementSibling;
    const section = element.closest("section");
    element.remove();
    if (!section.lastChild.children.length) section.remove();
    (next?.querySelector("a") ?? document.querySelector("main h1")).focus();
    announce(t("history.forgotten"));
  };
  const element = made("li", { class: "with-button" },
    made("a", { class: "card", href: `/conversations/${one.id}`, "data-go": true }, one.title,
      made("span", { class: "when" }, `${hour(one.changed_at)} · ${counted("questions", one.turns)}`)),
    button({ class: "quiet square", "aria-label": t("history.forget", { title: one.title }), onclick: forget }, icon("away")));
  return element;
}

function forgetAll(view) {
  const dialog = made("dialog", { class: "settings", "aria-labelledby": "forget-title" },
    made("h2", { id: "forget-title" }, t("history.forget_all")), made("p", {}, t("history.forget_why")),
    made("div", { class: "actions" },
      button({ class: "primary", onclick: async () => { dialog.close(); await fetched("/api/conversations", { method: "DELETE" }).catch((error) => announce(error.message)); load(view); } }, t("history.forget_yes")),
      button({ class: "quiet", onclick: () => dialog.close() }, t("history.forget_no"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// What became of what one said about answers.
async function tellOfFeedback(box) {
  const mine = await fetched("/api/feedback/mine").catch(() => null);
  const given = Array.isArray(mine) ? mine : mine?.feedback ?? [];
  if (!given.length) return;
  box.append(made("h2", {}, t("feedback.mine")), made("ul", { class: "shelf" }, given.map((one) => made("li", { class: "card" },
    made("span", { class: "title" }, one.question),
    made("span", { class: "when" }, t("feedback.status", { status: one.status ?? "" })),
    one.reply && made("p", {}, one.reply)))));
}
