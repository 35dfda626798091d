// The installation: what is well and what is not, how much room it takes, and the settings in force.

import { made, newId } from "../elements.js";
import { icon } from "../icons.js";
import { fetched } from "../requests.js";
import { bytes, t } from "../words.js";
import { table } from "./parts.js";

const ICONS = { good: "yes", warning: "warning", bad: "no" };
const PARTS = new Set(["catalogue", "originals", "caches", "uploads"]);

export async function installation(view) {
  const { signal } = view.stop;
  const [health, room, settings] = await Promise.all(["health", "storage", "settings"].map((name) => fetched(`/api/admin/${name}`, { signal })));
  return [findings(health.findings), storage(room), inForce(settings.settings)];
}

function findings(found) {
  const worst = [...found].sort((a, b) => Object.keys(ICONS).indexOf(b.level) - Object.keys(ICONS).indexOf(a.level));
  const id = newId("health");
  return made("section", { "aria-labelledby": id }, made("h3", { id }, t("installation.health")),
    made("ul", { class: "findings" }, worst.map((one) => made("li", { class: one.level }, icon(ICONS[one.level]),
      made("span", { class: "unseen" }, `${t(`level.${one.level}`)}: `), made("strong", {}, one.about), made("span", {}, one.says)))));
}

function storage(room) {
  const id = newId("room");
  const parts = Object.entries(room.parts);
  const most = Math.max(...parts.map(([, size]) => size), 1);
  return made("section", { "aria-labelledby": id }, made("h3", { id }, t("installation.storage")),
    made("ul", { class: "rooms" }, parts.map(([name, size]) => made("li", {}, made("span", {}, PARTS.has(name) ? t(`room.${name}`) : name),
      made("span", { class: "figure" }, bytes(size)), bar(size / most)))),
    made("p", { class: "hint" }, t("installation.free", { free: bytes(room.free), folder: room.folder })));
}

function bar(share) {
  const filled = made("span", {});
  filled.style.inlineSize = `${Math.max(1, share * 100)}%`;
  return made("span", { class: "bar", "aria-hidden": "true" }, filled);
}

function inForce(settings) {
  return table(t("installation.settings"), [t("installation.setting"), t("installation.value"), t("installation.meaning")], settings.map((one) => [
    made("code", {}, one.name), one.default ? one.value || made("span", { class: "when" }, t("installation.unset")) : made("strong", {}, one.value), one.meaning]));
}
