// <khumbula-chat>: a button in the corner of any page of the intranet, and the panel that it opens.
//
//   <script type="module" src="https://khumbula.muni.example/static/widget/widget.js"></script>
//   <khumbula-chat token-url="/khumbula-token"></khumbula-chat>
//
// Attributes: token-url (the page's own address that gives a token; without it the browser's sign-in counts), lang,
// theme (light or dark; else as the device), side (left; else right), suggestions ("One question?|Another?").

import { made } from "../app/elements.js";
import { icon } from "../app/icons.js";
import { t } from "../app/words.js";
import { keptHere } from "./kept.js";
import { loadWords } from "./language.js";
import { Failure, patiently } from "./patience.js";
import { STYLE } from "./style.js";

// Where the service is: this file comes from it.
const HOME = new URL("../..", import.meta.url).href.replace(/\/$/, "");
// Which panels cover the whole of the page, and take it over.
const NARROW = "(max-width: 34em), (max-height: 30em)";
const KEYS = ["keydown", "keyup", "keypress"];

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class KhumbulaChat extends HTMLElement {
  static observedAttributes = ["lang", "token-url", "suggestions"];

  #root = this.attachShadow({ mode: "open" });
  #life = null;
  #frame = null;
  #launcher = null;
  #chat = null;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    // A page has keys of its own; what is typed here is not meant for them.
    for (const name of KEYS) this.#root.addEventListener(name, (event) => event.stopPropagation());
  }

  connectedCallback() { this.#begin(); }

  disconnectedCallback() { this.#end(); }

  attributeChangedCallback(_name, before, now) {
    if (!this.#life || before === now) return;
    this.#end();
    this.#begin();
  }

  #end() {
    this.#life?.abort();
    this.#life = null;
    this.#root.replaceChildren();
  }

  async #begin() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    await patiently(() => loadWords(HOME, this), { signal }).then(() => this.#show(signal), () => {});
  }

  #show(signal) {
    if (signal.aborted) return;
    this.#launcher = made("button", {
      type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.#open(),
    }, icon("ask"), made("span", {}, t("widget.open")));
    // A popover stands above everything, whatever the page does with layers, transforms and overflow.
    this.#frame = made("div", { class: "khumbula", popover: "manual" }, this.#launcher);
    this.#root.replaceChildren(this.#frame);
    this.#frame.showPopover?.();
    this.#chat = this.#loaded(signal);
    if (keptHere().open && !matchMedia(NARROW).matches) this.#open({ focus: false });
  }

  // The rest comes after the button, and not when it is pressed: so it is there even if the service is not then.
  // Null when it cannot be had, after many tries.
  async #loaded(signal) {
    let tries = 0;
    // A browser may remember that a module could not be had.
    const load = () => import(tries++ ? `./chat.js?again=${tries}` : "./chat.js").catch(() => { throw new Failure("offline", ""); });
    const part = await patiently(load, { signal }).catch(() => null);
    const chat = part?.newChat({
      home: HOME, tokenUrl: this.getAttribute("token-url"), signal, closed: () => this.#closed(),
      suggestions: (this.getAttribute("suggestions") ?? "").split("|").map((one) => one.trim()).filter(Boolean),
    });
    if (chat && !signal.aborted) this.#frame.append(chat.element);
    return chat;
  }

  async #open({ focus = true } = {}) {
    this.#launcher.classList.add("opening");
    const { signal } = this.#life;
    const chat = await this.#chat;
    if (signal.aborted) return;
    this.#launcher.classList.remove("opening");
    if (!chat) {
      this.#chat = this.#loaded(signal);
      return;
    }
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#launcher.hidden = true;
    chat.open({ modal: matchMedia(NARROW).matches, focus });
  }

  #closed() {
    this.#launcher.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.focus();
  }
}

// A page may name the script twice.
if (!customElements.get("khumbula-chat")) customElements.define("khumbula-chat", KhumbulaChat);
