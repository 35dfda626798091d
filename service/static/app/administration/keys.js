// Keys of other programs: what each may do and see, when it was used; made, told once, and revoked.

import { button, made } from "../elements.js";
import { icon } from "../icons.js";
import { fetched } from "../requests.js";
import { day, t } from "../words.js";
import { acting, badge, boxes, field, listed, moment, sure, tell, tellSecret } from "./parts.js";

const ABILITIES = ["ask", "widget", "upload", "metrics"];

export async function keys(view) {
  const { tokens } = await fetched("/api/admin/tokens", { signal: view.stop.signal });
  return [adding(view), tokens.length ? made("ul", { class: "shelf" }, tokens.map((token) => item(view, token))) : made("p", { class: "hint" }, t("keys.none"))];
}

function item(view, token) {
  const state = token.live ? null : badge(t(token.revoked_at ? "keys.revoked" : "keys.expired"), "plain");
  const until = token.expires_at ? t("keys.until", { day: day(token.expires_at) }) : t("keys.for_ever");
  return made("li", { class: "card with-action" },
    made("div", {}, made("strong", { class: "title" }, token.name, " ", state),
      made("p", {}, token.abilities.map((ability) => t(`ability.${ability}`)).join("; ")),
      made("p", { class: "when" }, t("keys.facts", { labels: token.labels.join(", "), by: token.made_by, used: moment(token.used_at), until }))),
    token.live && button({ class: "quiet", onclick: acting(view, () => revoke(view, token)), "aria-label": t("keys.revoke_one", { name: token.name }) }, t("keys.revoke")));
}

async function revoke(view, token) {
  if (!(await sure(t("keys.revoke_sure", { name: token.name }), t("keys.revoke_why"), t("keys.revoke")))) return;
  await fetched(`/api/admin/tokens/${encodeURIComponent(token.name)}`, { method: "DELETE" });
  await view.again();
  tell(view, t("keys.revoked_now", { name: token.name }));
}

function adding(view) {
  const name = made("input", { required: true, maxlength: "100", pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const abilities = boxes(t("keys.abilities"), ABILITIES, (ability) => t(`ability.${ability}`), ["ask"]);
  const labels = made("input", { value: "public", autocomplete: "off" });
  const days = made("input", { type: "number", min: "1", max: "3650", inputmode: "numeric" });
  const form = made("form", { class: "changing", onsubmit: acting(view, async () => {
    const json = { name: name.value.trim(), abilities: abilities.chosen(), labels: listed(labels.value), days: Number(days.value) || null };
    const told = await fetched("/api/admin/tokens", { method: "POST", json });
    await view.again();
    tellSecret(view, t("keys.key_of", { name: told.name }), told.secret);
  }) }, field(t("keys.name"), name, t("keys.name_hint")), abilities.element, field(t("users.labels"), labels, t("keys.labels_hint")),
  field(t("keys.days"), days, t("keys.days_hint")), made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("keys.add"))));
  return made("details", { class: "card adding" }, made("summary", {}, icon("plus"), t("keys.adding")), form);
}
