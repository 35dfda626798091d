// An answer that somebody shared: shown as far as who looks may see all that it is made from.

import { newTurn } from "./answer.js";
import { heading, made } from "./elements.js";
import { fetched } from "./requests.js";
import { day, t } from "./words.js";

export function sharedView(main, url) {
  const stop = new AbortController();
  const share = url.pathname.split("/")[2];
  document.title = `${t("shared.title")} · Khumbula`;
  const waiting = newTurn(t("shared.opening"));
  waiting.loading();
  main.replaceChildren(heading(t("shared.title")), waiting.element);
  fetched(`/api/shared/${encodeURIComponent(share)}`, { signal: stop.signal }).then((found) => show(main, found), (error) => {
    if (stop.signal.aborted) return;
    main.replaceChildren(heading(t("shared.title")), made("div", { class: "notice error", role: "alert" },
      made("p", {}, error.kind === "missing" ? t("shared.missing") : error.message)), askOwn("/"));
  });
  return { leave: () => stop.abort() };
}

function show(main, found) {
  const turn = newTurn(found.question, { asOf: found.as_of, collection: found.collection });
  turn.end(found.answer, { question: found.question });
  main.replaceChildren(heading(t("shared.title")), made("p", { class: "hint" }, t("shared.when", { day: day(found.asked_at) })), turn.element,
    askOwn(`/?${new URLSearchParams({ q: found.question })}`));
}

function askOwn(href) {
  return made("p", {}, made("a", { class: "quiet", href, "data-go": true }, t(href === "/" ? "shared.own" : "shared.again")));
}
