// Administration: its parts, of which each is for some roles; the address names the one that is shown.

import { announce, heading, loadStyle, made } from "../elements.js";
import { icon } from "../icons.js";
import { whoIsHere } from "../session.js";
import { loadMore, t } from "../words.js";
import { audit } from "./audit.js";
import { feedback } from "./feedback.js";
import { files } from "./files.js";
import { installation } from "./installation.js";
import { keys } from "./keys.js";
import { queue } from "./queue.js";
import { shelves } from "./shelves.js";
import { upload } from "./upload.js";
import { users } from "./users.js";

const ADMINISTRATOR = "administrator";
// Name, what makes it, whom it is for.
const PARTS = [
  ["files", files, [ADMINISTRATOR]],
  ["upload", upload, ["contributor", ADMINISTRATOR]],
  ["queue", queue, ["contributor", ADMINISTRATOR]],
  ["shelves", shelves, [ADMINISTRATOR]],
  ["users", users, [ADMINISTRATOR]],
  ["keys", keys, [ADMINISTRATOR]],
  ["feedback", feedback, ["custodian", ADMINISTRATOR]],
  ["installation", installation, [ADMINISTRATOR]],
  ["audit", audit, ["auditor"]],
];

export function administrationView(main, url) {
  const view = { main, stop: new AbortController(), asked: url.searchParams };
  begin(view).catch((error) => { if (!view.stop.signal.aborted) throw error; });
  return { leave: () => view.stop.abort() };
}

async function begin(view) {
  await Promise.all([loadMore("administration"), loadStyle("administration")]);
  const me = whoIsHere();
  // Who has not signed in is led there, and back.
  if (!me.user) { window.dispatchEvent(new Event("khumbula:signed-out")); return; }
  const mine = PARTS.filter(([, , roles]) => roles.some((role) => me.roles.includes(role)));
  const chosen = mine.find(([name]) => name === view.asked.get("part")) ?? mine[0];
  document.title = `${chosen ? t(`part.${chosen[0]}`) : t("admin.title")} · Khumbula`;
  const title = heading(t("admin.title"));
  if (!chosen) { view.main.replaceChildren(title, made("p", { class: "notice error" }, t("admin.nothing"))); return; }
  view.body = made("div", { class: "part" });
  view.told = made("div", { class: "told" });
  view.main.replaceChildren(title, made("div", { class: "administration" }, navigation(mine, chosen), made("div", { class: "part-frame" },
    made("h2", { class: "part-title", id: "part-title" }, t(`part.${chosen[0]}`)), made("p", { class: "hint" }, t(`hint.${chosen[0]}`)), view.told, view.body)));
  if (document.activeElement === document.body) title.focus({ preventScroll: true });
  await show(view, chosen[1]);
}

function navigation(mine, chosen) {
  return made("nav", { class: "parts", "aria-label": t("admin.parts") }, made("ul", {}, mine.map((part) =>
    made("li", {}, made("a", { href: `/admin?part=${part[0]}`, "data-go": true, "aria-current": part === chosen ? "page" : null },
      icon(part[0]), made("span", {}, t(`part.${part[0]}`)))))));
}

async function show(view, part) {
  view.again = () => show(view, part);
  if (!view.body.children.length) view.body.replaceChildren(made("div", { class: "skeleton", "aria-hidden": "true" }, made("span"), made("span"), made("span")));
  try {
    const parts = await part(view);
    if (!view.stop.signal.aborted) view.body.replaceChildren(...parts.flat().filter(Boolean));
  } catch (error) {
    if (view.stop.signal.aborted) return;
    view.body.replaceChildren(made("div", { class: "notice error", role: "alert" }, made("p", {}, error.message),
      made("button", { type: "button", class: "quiet", onclick: view.again }, t("error.again"))));
    announce(error.message);
  }
}
