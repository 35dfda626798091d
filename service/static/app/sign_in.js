// Signing in: with a name and a password of this service, or by the municipality's own sign-in.

import { heading, made } from "./elements.js";
import { fetched } from "./requests.js";
import { whoIsHere } from "./session.js";
import { t } from "./words.js";

// Why the municipality's own sign-in sent one back here.
const PROBLEMS = new Set(["unfinished", "provider", "role", "name", "disabled"]);

export function signInView(main, url) {
  const { sign_in: ways } = whoIsHere();
  const back = backTo(url);
  const problem = url.searchParams.get("problem");
  document.title = `${t("sign_in.title")} · Khumbula`;
  if (!ways) {
    main.replaceChildren(heading(t("sign_in.title")), made("p", {}, t("sign_in.nobody")), made("p", {}, made("a", { href: "/", "data-go": true }, t("nav.ask"))));
    return {};
  }
  main.replaceChildren(heading(t("sign_in.title")), made("p", {}, t("sign_in.why")),
    problem ? made("p", { class: "notice error", role: "alert" }, t(`problem.${PROBLEMS.has(problem) ? problem : "unfinished"}`)) : "",
    ways?.oidc ? made("p", {}, made("a", { class: "primary", href: `${ways.oidc.url}?${new URLSearchParams({ next: back })}` }, t("sign_in.oidc", { name: ways.oidc.name }))) : "",
    ways?.local ? localForm(back) : "");
  return {};
}

// Where one was; never somewhere else than here.
function backTo(url) {
  const wanted = new URL(url.searchParams.get("next") ?? "/", location.origin);
  return wanted.origin === location.origin ? wanted.pathname + wanted.search : "/";
}

function localForm(back) {
  const user = made("input", { id: "user", name: "user", autocomplete: "username", required: true });
  const password = made("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true });
  const failure = made("p", { class: "notice error", role: "alert", hidden: true });
  const form = made("form", { class: "sign-in" },
    made("label", { for: "user" }, t("sign_in.user")), user,
    made("label", { for: "password" }, t("sign_in.password")), password, failure,
    made("button", { type: "submit", class: "primary" }, t("sign_in.title")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.hidden = true;
    try {
      await fetched("/api/sign-in", { method: "POST", json: { user: user.value, password: password.value } });
      location.assign(back);
    } catch (error) {
      failure.textContent = error.kind === "signed-out" ? t("sign_in.wrong") : error.message;
      failure.hidden = false;
      password.select();
    }
  });
  return form;
}
