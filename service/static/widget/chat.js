// The panel: what was asked and answered, the question's field, and the cited page in front of them when one is opened.

import { button, made, newId } from "../app/elements.js";
import { icon } from "../app/icons.js";
import { isDraft, t } from "../app/words.js";
import { newTurn } from "./answer.js";
import { keepHere, keptHere } from "./kept.js";
import { patiently } from "./patience.js";
import { newPreview } from "./preview.js";
import { serviceAt } from "./service.js";

// An answer that takes longer than this, in milliseconds, is said to.
const LONG = 6000;
// Pixels that are left above a question that is brought to the top.
const ABOVE = 12;

// {element, open({modal, focus})}. `signal` ends everything; `closed()` is called when the panel has been closed.
export function newChat({ home, tokenUrl, suggestions, signal, closed }) {
  const view = {
    home, signal, closed, service: serviceAt(home, tokenUrl), cookie: !tokenUrl,
    conversation: keptHere().conversation, last: "", restored: false, asking: null, isOpen: false,
  };
  signal.addEventListener("abort", () => view.asking?.abort());
  build(view, suggestions);
  return { element: view.dialog, open: (how) => open(view, how) };
}

function build(view, suggestions) {
  const id = newId("khumbula");
  view.said = made("p", { class: "unseen", role: "status" });
  view.first = firstPart(view, suggestions);
  view.thread = made("div", { class: "thread", role: "region", tabindex: "0", "aria-label": t("widget.thread") }, view.first);
  view.form = questionForm(view);
  view.talk = made("div", { class: "talk" }, view.thread, view.form);
  view.preview = newPreview({
    home: view.home, service: view.service, signal: view.signal, say: (text) => say(view, text),
    shown: (here) => { view.talk.hidden = here; view.dialog.classList.toggle("wide", here); },
  });
  view.again = button({ class: "tool", "aria-label": t("widget.new"), title: t("widget.new"), hidden: true, onclick: () => beginAnew(view) }, icon("plus"));
  view.full = made("a", { class: "tool", target: "_blank", rel: "noopener noreferrer", "aria-label": t("widget.full"), title: t("widget.full") }, icon("share"));
  const close = button({ class: "tool", "aria-label": t("widget.close"), title: t("widget.close"), onclick: () => shut(view) }, icon("close"));
  view.dialog = made("dialog", { class: "panel", "aria-labelledby": id },
    made("header", { class: "head" }, icon("ask"), made("h2", { id }, "Khumbula"), view.again, view.full, close),
    view.talk, view.preview.element, view.said);
  view.dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") escape(view, event); });
  view.dialog.addEventListener("cancel", (event) => escape(view, event));
  view.dialog.addEventListener("close", () => { if (view.isOpen) shut(view); });
  leadOn(view);
}

function firstPart(view, suggestions) {
  return made("div", { class: "first" },
    made("h3", {}, t("widget.hello")), made("p", {}, t("widget.hello_why")),
    suggestions.length > 0 && made("ul", { class: "suggestions", "aria-label": t("ask.suggestions") }, suggestions.map((question) =>
      made("li", {}, button({ class: "suggestion", onclick: () => ask(view, question) }, question)))),
    isDraft() && made("p", { class: "hint" }, t("settings.draft")));
}

function questionForm(view) {
  view.question = made("textarea", { rows: "1", maxlength: "2000", autocomplete: "off", enterkeyhint: "send", placeholder: t("ask.placeholder"), "aria-label": t("widget.hello") });
  view.question.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  view.question.addEventListener("input", () => fit(view.question));
  const form = made("form", { class: "ask" }, view.question,
    made("button", { type: "submit", class: "send", "aria-label": t("ask.ask"), title: t("ask.ask") }, icon("send")));
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(view, view.question.value); });
  return form;
}

function fit(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

function say(view, text) { view.said.textContent = text; }

// Opening and closing

function open(view, { modal, focus }) {
  keepHere({ open: true });
  view.isOpen = true;
  if (modal) {
    view.dialog.showModal();
    followKeyboard(view);
  } else {
    // show() would take the focus, also on a page that has only just been opened.
    view.dialog.setAttribute("open", "");
  }
  if (focus) view.question.focus();
  if (!view.restored) restore(view);
}

function shut(view) {
  keepHere({ open: false });
  view.isOpen = false;
  if (view.dialog.open) view.dialog.close();
  view.closed();
}

function escape(view, event) {
  event.preventDefault();
  if (!view.preview.close()) shut(view);
}

// On a phone the letters that come up to type with cover a part of the page: the panel keeps to what is left.
function followKeyboard(view) {
  const seen = window.visualViewport;
  const follow = () => {
    if (!view.dialog.matches(":modal") || seen.scale !== 1) return;
    view.dialog.style.height = `${seen.height}px`;
    view.dialog.style.top = `${seen.offsetTop}px`;
  };
  seen?.addEventListener("resize", follow, { signal: view.signal });
  seen?.addEventListener("scroll", follow, { signal: view.signal });
}

// The conversation

async function restore(view) {
  view.restored = true;
  if (view.conversation === null) return;
  const waiting = made("p", { class: "waiting" }, t("history.opening"));
  view.first.hidden = true;
  view.thread.append(waiting);
  try {
    const path = `/api/conversations/${view.conversation}`;
    const kept = await patiently(() => view.service.fetched(path, { signal: view.signal }), { signal: view.signal, told: () => { waiting.textContent = t("widget.lost"); } });
    for (const turn of kept.questions) view.thread.insertBefore(keptTurn(view, turn), waiting);
    begun(view, view.conversation, kept.questions.at(-1)?.question ?? "");
    waiting.remove();
    toTop(view, view.thread.lastElementChild);
  } catch (failure) {
    if (view.signal.aborted) return;
    // Somebody else reads here now, or it was forgotten: that is no fault of who reads. All else is told when he asks.
    if (failure.kind === "missing") begun(view, null);
    waiting.remove();
    view.first.hidden = view.thread.childElementCount > 1;
  }
}

function keptTurn(view, kept) {
  const turn = newTurn(kept.question, toolsOf(view, kept.question));
  if (kept.answer) turn.end(kept.answer);
  else turn.withheld(() => ask(view, kept.question));
  return turn.element;
}

function toolsOf(view, question) {
  return {
    question, service: view.service,
    open: (citation, cited) => view.preview.open(citation, cited),
    alone: () => ask(view, question, { alone: true }),
  };
}

function begun(view, conversation, last = "") {
  view.conversation = conversation;
  view.last = last;
  keepHere({ conversation });
  leadOn(view);
}

// The way to the full application, with what was asked so far. Who is somebody else there asks anew.
function leadOn(view) {
  const query = view.last ? `?${new URLSearchParams({ q: view.last })}` : "";
  view.full.href = `${view.home}/${view.conversation === null ? "" : `conversations/${view.conversation}`}${query}`;
  view.again.hidden = !view.last;
  const words = view.last ? t("ask.follow_up") : t("ask.placeholder");
  view.question.placeholder = words;
}

function beginAnew(view) {
  view.asking?.abort();
  begun(view, null);
  view.thread.replaceChildren(view.first);
  view.first.hidden = false;
  view.preview.close();
  view.question.focus();
}

function toTop(view, element) {
  if (element) view.thread.scrollTop = element.offsetTop - ABOVE;
}

// Asking

function ask(view, words, { alone = false } = {}) {
  const question = words.trim();
  if (!question) { view.question.focus(); return; }
  view.first.hidden = true;
  view.question.value = "";
  fit(view.question);
  view.question.focus();
  const turn = newTurn(question, toolsOf(view, question));
  view.thread.append(turn.element);
  answer(view, turn, { question, alone });
}

async function answer(view, turn, asked) {
  view.asking?.abort();
  view.asking = new AbortController();
  const { signal } = view.asking;
  const again = () => answer(view, turn, asked);
  const state = { begun: null };
  try {
    await patiently(() => attempt(view, turn, asked, state, signal), {
      signal,
      told: (failure, seconds, now) => {
        if (turn.waits(failure.message, seconds, now)) say(view, failure.message);
      },
    });
  } catch (failure) {
    if (view.signal.aborted) return;
    failed(view, turn, signal.aborted ? { message: t("ask.stopped") } : failure, again);
  }
}

function failed(view, turn, failure, again) {
  const elsewhere = failure.kind === "signed-out" && view.cookie ? `${view.home}/sign-in` : null;
  turn.fail(failure.message, again, elsewhere);
  say(view, failure.message);
}

async function attempt(view, turn, asked, state, signal) {
  turn.loading();
  toTop(view, turn.element);
  say(view, t("ask.looking"));
  const slow = setTimeout(() => { turn.slow(); say(view, t("widget.slow")); }, LONG);
  try {
    if (state.begun?.turn_id) await keptAnswer(view, turn, asked, state.begun, signal);
    else await asking(view, turn, asked, state, signal);
  } finally {
    clearTimeout(slow);
  }
}

async function asking(view, turn, asked, state, signal) {
  const json = { ...asked, keep: true, conversation: view.conversation };
  try {
    await view.service.streamed("/api/ask", { method: "POST", json, signal }, (name, data) => {
      if (signal.aborted) return;
      if (name === "begin") { state.begun = data; turn.begin(data); }
      if (name === "text") turn.words(data.text, state.begun);
      if (name === "end") ended(view, turn, asked, data);
    });
  } catch (failure) {
    // The conversation is no longer there, or somebody else's: a new one begins.
    if (failure.kind !== "missing" || view.conversation === null) throw failure;
    begun(view, null);
    await asking(view, turn, asked, state, signal);
  }
}

// The answer broke off after it had been kept: it is read again, not asked again.
async function keptAnswer(view, turn, asked, { conversation_id, turn_id, answer_id }, signal) {
  const kept = await view.service.fetched(`/api/conversations/${conversation_id}`, { signal });
  const found = kept.questions.find((one) => one.id === turn_id)?.answer;
  if (found) ended(view, turn, asked, { ...found, answer_id });
  else turn.withheld(() => ask(view, asked.question));
}

function ended(view, turn, asked, whole) {
  turn.end(whole);
  toTop(view, turn.element);
  say(view, t(whole.supported ? "announce.answer" : "announce.unknown", { answer: turn.text() }));
  begun(view, whole.conversation_id ?? null, asked.question);
}
