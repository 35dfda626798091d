// People: who may sign in, what they may do and see; changed one at a time.

import { button, made } from "../elements.js";
import { icon } from "../icons.js";
import { fetched } from "../requests.js";
import { hasSignIn, whoIsHere } from "../session.js";
import { t } from "../words.js";
import { acting, badge, boxes, field, listed, moment, sure, tell, tellSecret } from "./parts.js";

const ROLES = ["reader", "contributor", "custodian", "administrator", "auditor"];
// From here on there is something to find somebody by.
const MANY = 8;

export async function users(view) {
  const { users: found } = await fetched("/api/admin/users?limit=1000", { signal: view.stop.signal });
  const list = made("ul", { class: "shelf people" }, found.map((user) => person(view, user)));
  return [
    !hasSignIn() && made("p", { class: "notice" }, t("users.no_sign_in")),
    adding(view), found.length > MANY && finder(list, found), list,
    !found.length && made("p", { class: "hint" }, t("users.none")),
  ];
}

function finder(list, found) {
  const words = made("input", { type: "search", placeholder: t("users.find"), "aria-label": t("users.find"), autocomplete: "off", oninput: () => {
    const wanted = words.value.trim().toLowerCase();
    found.forEach((user, at) => { list.children[at].hidden = !`${user.user} ${user.name} ${user.labels.join(" ")} ${user.posts.join(" ")}`.toLowerCase().includes(wanted); });
  } });
  return made("div", { class: "find" }, words);
}

const pathOf = (user) => `/api/admin/users/${encodeURIComponent(user.user)}`;

function person(view, user) {
  const facts = [user.posts.join(", "), user.labels.length ? t("users.sees", { labels: user.labels.join(", ") }) : t("users.sees_public")].filter(Boolean).join(" · ");
  const summary = made("summary", {}, made("span", { class: "person" },
    made("strong", {}, user.name), user.name === user.user ? null : made("span", { class: "when" }, user.user), user.disabled && badge(t("users.disabled"), "bad"),
    user.roles.map((role) => badge(t(`role.${role}`), role === "reader" ? "plain" : "")), made("span", { class: "when facts-line" }, facts)));
  const details = made("details", { class: "card", ontoggle: () => { if (details.open && details.children.length === 1) details.append(changing(view, user)); } }, summary);
  return made("li", {}, details);
}

function changing(view, user) {
  const roles = boxes(t("users.roles"), ROLES, (role) => t(`role.${role}`), user.roles);
  const labels = made("input", { value: user.labels.join(", "), autocomplete: "off" });
  const posts = made("input", { value: user.posts.join(", "), autocomplete: "off" });
  const change = async (json, told) => { await fetched(pathOf(user), { method: "PATCH", json }); await view.again(); tell(view, t(told, { name: user.name })); };
  return made("form", { class: "changing", onsubmit: acting(view, () => change({ roles: roles.chosen(), labels: listed(labels.value), posts: listed(posts.value) }, "users.changed")) },
    made("p", { class: "when" }, t("users.account", { account: t(`account.${user.account}`), when: moment(user.signed_in_at) })),
    roles.element, field(t("users.labels"), labels, t("users.labels_hint")), field(t("users.posts"), posts, t("users.posts_hint")),
    made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("users.save")), others(view, user, change)));
}

// What concerns the account as a whole.
function others(view, user, change) {
  const myself = user.user === whoIsHere().user;
  const signOut = async () => { await fetched(`${pathOf(user)}/sign-out`, { method: "POST" }); tell(view, t("users.signed_out", { name: user.name })); };
  const password = async () => {
    if (!(await sure(t("users.password_sure", { name: user.name }), t("users.password_why"), t("users.password")))) return;
    const told = await fetched(`${pathOf(user)}/password`, { method: "POST" });
    tellSecret(view, t("users.password_of", { name: user.name }), told.password);
  };
  const disable = async () => {
    if (!user.disabled && !(await sure(t("users.disable_sure", { name: user.name }), t("users.disable_why"), t("users.disable")))) return;
    await change({ disabled: !user.disabled }, user.disabled ? "users.enabled_now" : "users.disabled_now");
  };
  return [
    user.account === "local" && button({ class: "quiet", onclick: acting(view, password) }, t("users.password")),
    button({ class: "quiet", onclick: acting(view, signOut) }, t("users.sign_out")),
    !myself && button({ class: "quiet", onclick: acting(view, disable) }, t(user.disabled ? "users.enable" : "users.disable")),
  ];
}

function adding(view) {
  const name = made("input", { required: true, maxlength: "100", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const shown = made("input", { maxlength: "200", autocomplete: "off" });
  const roles = boxes(t("users.roles"), ROLES, (role) => t(`role.${role}`), ["reader"]);
  const labels = made("input", { autocomplete: "off" });
  const posts = made("input", { autocomplete: "off" });
  const form = made("form", { class: "changing", onsubmit: acting(view, async () => {
    const json = { user: name.value.trim(), name: shown.value.trim(), roles: roles.chosen(), labels: listed(labels.value), posts: listed(posts.value) };
    const told = await fetched("/api/admin/users", { method: "POST", json });
    await view.again();
    tellSecret(view, t("users.password_of", { name: json.name || told.user }), told.password);
  }) }, field(t("users.user"), name, t("users.user_hint")), field(t("users.name"), shown), roles.element,
  field(t("users.labels"), labels, t("users.labels_hint")), field(t("users.posts"), posts, t("users.posts_hint")),
  made("div", { class: "actions" }, made("button", { type: "submit", class: "primary" }, t("users.add"))));
  return made("details", { class: "card adding" }, made("summary", {}, icon("plus"), t("users.adding")), form);
}
