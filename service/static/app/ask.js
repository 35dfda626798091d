// Asking: the first page, and a conversation with its follow-ups.

import { newTurn } from "./answer.js";
import { announce, button, heading, made } from "./elements.js";
import { icon } from "./icons.js";
import { closePanel } from "./panel.js";
import { capital, joined } from "./place.js";
import { fetched, streamed } from "./requests.js";
import { counted, day, t } from "./words.js";

export function askView(main, url) {
  const view = { main, conversation: null, asking: null, thread: made("div", { class: "thread" }) };
  view.form = questionForm(view);
  view.title = heading(t("ask.title"));
  view.first = firstPart(view);
  main.replaceChildren(view.title, view.thread, view.form, view.first);
  view.asOf.value = url.searchParams.get("as_of") ?? "";
  tellOptions(view);
  begin(view, url);
  return { leave: () => view.asking?.abort() };
}

function begin(view, url) {
  const kept = /^\/conversations\/(\d+)$/.exec(url.pathname);
  const question = url.searchParams.get("q");
  if (kept) openConversation(view, Number(kept[1]), question);
  else if (question) ask(view, question, { remember: false });
  else { document.title = "Khumbula"; view.question.focus({ preventScroll: true }); }
}

function questionForm(view) {
  view.question = made("textarea", {
    id: "question", name: "q", rows: "1", maxlength: "2000", autocomplete: "off", enterkeyhint: "search",
    placeholder: t("ask.placeholder"), "aria-label": t("ask.title"), "data-slash": true,
  });
  view.question.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    view.form.requestSubmit();
  });
  view.asOf = made("input", { id: "as-of", name: "as_of", type: "date" });
  view.collection = made("select", { id: "in-collection" }, made("option", { value: "" }, t("ask.everywhere")));
  view.chosen = made("summary", {}, t("ask.options"));
  view.options = made("details", { class: "options", id: "options", onchange: () => tellOptions(view) }, view.chosen,
    made("div", { class: "option-fields" },
      made("label", {}, t("ask.as_of"), view.asOf), made("label", {}, t("ask.collection"), view.collection)));
  const form = made("form", { class: "ask", id: "ask", role: "search" },
    made("div", { class: "box" }, view.question, made("button", { type: "submit", class: "primary" }, icon("send"), made("span", {}, t("ask.ask")))),
    view.options);
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(view, view.question.value); });
  return form;
}

// What is chosen stays to be seen when the fields are folded up.
function tellOptions(view) {
  const chosen = joined(view.asOf.value && t("ask.as_of_day", { day: day(view.asOf.value) }),
    view.collection.value && t("ask.in_collection", { collection: capital(view.collection.value) }));
  view.chosen.textContent = chosen || t("ask.options");
}

// Before anything is asked

function firstPart(view) {
  const held = made("p", { class: "held", id: "held" });
  const first = made("section", { class: "first", "aria-label": t("ask.begin") }, held);
  tellWhatIsHeld(view, held, first);
  return first;
}

// Everything at once: nothing moves when it has come.
async function tellWhatIsHeld(view, held, first) {
  const [shelf, status, kept, suggested] = await Promise.all([
    fetched("/api/shelf?limit=0"), fetched("/api/status"), fetched("/api/conversations?limit=3"),
    fetched("/api/suggestions").catch(() => ({ questions: [] })),
  ]).catch(() => []);
  if (!shelf) return;
  held.textContent = t("ask.held", { documents: counted("documents", status.documents), pages: counted("pages", status.pages) });
  view.collection.append(...shelf.facets.collection.map(({ value }) => made("option", { value }, capital(value))));
  if (suggested.questions.length) {
    first.append(made("h2", { id: "suggestions-title" }, t("ask.suggestions")), made("ul", { id: "suggestions", class: "cards", "aria-labelledby": "suggestions-title" },
      suggested.questions.map((question) => made("li", {}, button({ class: "card", onclick: () => ask(view, question) }, question)))));
  }
  if (kept.conversations.length) {
    first.append(made("h2", { id: "recent-title" }, t("ask.recent")), made("ul", { class: "cards recent", "aria-labelledby": "recent-title" }, kept.conversations.map((one) =>
      made("li", {}, made("a", { class: "card", href: `/conversations/${one.id}`, "data-go": true },
        one.title, made("span", { class: "when" }, day(one.changed_at)))))));
  }
}

// A conversation

function started(view) {
  view.main.classList.add("conversing");
  view.first.hidden = true;
  view.title.classList.add("unseen");
  view.question.placeholder = t("ask.follow_up");
  view.question.setAttribute("aria-label", t("ask.follow_up"));
}

async function openConversation(view, id, question) {
  started(view);
  const waiting = newTurn(question ?? t("history.opening"));
  view.thread.append(waiting.element);
  waiting.loading();
  try {
    const kept = await fetched(`/api/conversations/${id}`);
    view.conversation = id;
    view.thread.replaceChildren();
    document.title = `${kept.title} · Khumbula`;
    for (const turn of kept.questions) view.thread.append(keptTurn(view, turn));
    view.thread.lastElementChild?.scrollIntoView({ block: "start" });
  } catch (error) {
    waiting.element.remove();
    // Somebody else's address that came with its question: asked anew, with one's own rights.
    if (error.kind === "missing" && question) { ask(view, question, { remember: false }); return; }
    waiting.fail(error.message, error.kind === "missing" ? null : () => location.reload());
    view.thread.append(waiting.element);
  }
}

function keptTurn(view, kept) {
  const alone = () => ask(view, kept.question, { alone: true });
  const turn = newTurn(kept.question, { asOf: kept.as_of, collection: kept.collection, alone });
  if (kept.answer) turn.end(kept.answer, { question: kept.question });
  else turn.withheld(() => ask(view, kept.question));
  return turn.element;
}

function addressOf(view, words) {
  const query = new URLSearchParams({ q: words });
  if (view.asOf.value) query.set("as_of", view.asOf.value);
  return `${view.conversation ? `/conversations/${view.conversation}` : "/"}?${query}`;
}

async function ask(view, question, { remember = true, alone = false } = {}) {
  const words = question.trim();
  if (!words) { view.question.focus(); return; }
  view.asking?.abort();
  view.asking = new AbortController();
  if (remember) history.pushState(null, "", addressOf(view, words));
  document.title = `${words} · Khumbula`;
  started(view);
  view.options.open = false;
  view.question.value = "";
  const asOf = view.asOf.value || null;
  const collection = view.collection.value || null;
  const turn = newTurn(words, { asOf, collection, alone: () => ask(view, words, { alone: true }) });
  view.thread.append(turn.element);
  await answerTurn(view, turn, { question: words, as_of: asOf, collection, keep: true, alone });
}

async function answerTurn(view, turn, asked) {
  const { signal } = view.asking;
  turn.loading();
  turn.element.scrollIntoView({ block: "start" });
  let begun = null;
  try {
    const json = { ...asked, conversation: view.conversation };
    await streamed("/api/ask", { method: "POST", json, signal }, (name, data) => {
      if (signal.aborted) return;
      if (name === "begin") { begun = data; turn.begin(data); }
      if (name === "text") turn.words(data.text, begun);
      if (name === "end") ended(view, turn, asked, data);
    });
  } catch (error) {
    if (signal.aborted) turn.fail(t("ask.stopped"), () => again(view, turn, asked));
    else failed(view, turn, asked, error, signal);
  }
}

function ended(view, turn, asked, answer) {
  turn.end(answer, { question: asked.question });
  announce(t(answer.supported ? "announce.answer" : "announce.unknown", { answer: answer.answer.replace(/ ?\[\d+\]/g, "") }));
  if (!answer.conversation_id) return;
  view.conversation = answer.conversation_id;
  history.replaceState(null, "", addressOf(view, asked.question));
}

function failed(view, turn, asked, error, signal) {
  turn.fail(error.kind === "busy" ? t("error.busy") : error.message, () => again(view, turn, asked));
  if (error.kind !== "offline") return;
  // Asked again by itself when the service is there again.
  window.addEventListener("khumbula:found", () => again(view, turn, asked), { once: true, signal });
}

function again(view, turn, asked) {
  if (!turn.element.isConnected) return;
  closePanel();
  view.asking?.abort();
  view.asking = new AbortController();
  answerTurn(view, turn, asked);
}
