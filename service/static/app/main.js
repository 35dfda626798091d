// The start: texts, who is here, the header; then the view that the address names.

import { askView } from "./ask.js";
import { watchConnection } from "./connection.js";
import { button, made } from "./elements.js";
import { icon } from "./icons.js";
import { watchKeys } from "./keyboard.js";
import { closePanel, openPanel } from "./panel.js";
import { placeOf } from "./place.js";
import { administers, isSignedIn, hasSignIn, loadSession, signOut, whoIsHere } from "./session.js";
import { openSettings } from "./settings.js";
import { loadMore, loadWords, t } from "./words.js";

// What is not asked with comes when it is gone to.
const VIEWS = [
  [/^\/search$/, async () => (await import("./search.js")).searchView],
  [/^\/history$/, async () => (await import("./history.js")).historyView],
  [/^\/documents\/\d+$/, async () => (await import("./document.js")).documentView],
  [/^\/compare$/, async () => (await Promise.all([import("./compare.js"), loadMore("compare")]))[0].compareView],
  [/^\/admin$/, async () => (await import("./administration/frame.js")).administrationView],
  [/^\/shared\/[^/]+$/, async () => (await import("./shared.js")).sharedView],
  [/^\/sign-in$/, async () => (await import("./sign_in.js")).signInView],
  [/^\/(conversations\/\d+)?$/, () => askView],
];
const NAVIGATION = [["/", "nav.ask", "ask"], ["/search", "nav.search", "search"], ["/history", "nav.history", "history"]];

const main = document.getElementById("main");
let leave = () => {};

async function show({ moved = true } = {}) {
  if (hasSignIn() && !isSignedIn() && location.pathname !== "/sign-in") history.replaceState(null, "", signInAddress());
  const url = new URL(location.href);
  leave();
  closePanel();
  const [, load] = VIEWS.find(([path]) => path.test(url.pathname)) ?? VIEWS.at(-1);
  main.className = "";
  const view = await load();
  leave = view(main, url, go).leave ?? (() => {});
  markNavigation(url.pathname);
  const place = placeOf(url.href);
  if (place) openPanel(place, { opener: main });
  else if (moved) { window.scrollTo(0, 0); focusHeading(); }
}

// Where one signs in, and comes back from to where one is.
function signInAddress() {
  return `/sign-in?${new URLSearchParams({ next: location.pathname + location.search })}`;
}

function focusHeading() {
  if (document.activeElement && document.activeElement !== document.body && main.contains(document.activeElement)) return;
  (main.querySelector("h1") ?? main).focus({ preventScroll: true });
}

function go(address) {
  history.pushState(null, "", address);
  show();
}

function header() {
  const me = whoIsHere();
  // Replies to what one said about answers stand in the history.
  const news = (href) => href === "/history" && me.news > 0 && made("span", { class: "badge" }, t("history.news", { number: me.news }));
  const links = NAVIGATION.map(([href, key, drawing]) => made("li", {}, made("a", { href, "data-go": true }, icon(drawing), made("span", {}, t(key)), news(href))));
  if (administers()) links.push(made("li", {}, made("a", { href: "/admin", "data-go": true }, icon("admin"), made("span", {}, t("nav.admin")))));
  return [
    made("a", { class: "brand", href: "/", "data-go": true }, made("img", { src: "/static/icon.svg", alt: "", width: "28", height: "28" }), "Khumbula"),
    made("nav", { "aria-label": t("nav.label") }, made("ul", {}, links)),
    made("div", { class: "tools" },
      hasSignIn() && isSignedIn() && button({ class: "quiet", title: me.name, onclick: () => signOut() }, t("sign_out.title")),
      button({ class: "quiet square", id: "settings", "aria-label": t("settings.title"), title: t("settings.title"), onclick: openSettings }, icon("settings"))),
  ];
}

function markNavigation(path) {
  for (const link of document.querySelectorAll("#header nav a")) {
    const here = link.pathname === path || (link.pathname === "/" && path.startsWith("/conversations/"));
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  window.addEventListener("popstate", () => show());
  window.addEventListener("khumbula:signed-out", () => {
    if (hasSignIn() && location.pathname !== "/sign-in") go(signInAddress());
  });
}

async function start() {
  await loadWords();
  const skip = document.getElementById("skip");
  skip.textContent = t("nav.skip");
  skip.hidden = false;
  watchConnection();
  watchKeys();
  followLinks();
  try {
    await loadSession();
  } catch (error) {
    // The line at the top says so; the page stands, and is whole when the service is back.
    if (error.kind === "offline") window.addEventListener("khumbula:found", () => location.reload(), { once: true });
  }
  document.getElementById("header").replaceChildren(...header());
  document.documentElement.dataset.ready = "yes";
  await show({ moved: false });
}

start();
