// The first page: ask, read the answer, open a citation's page. Text reaches the page as text, never as markup.
"use strict";

const SUGGESTIONS = [
  "How many days in arrears before the electricity is disconnected?",
  "What does it cost to hire the community hall?",
  "How close to a shop's entrance may a street trader stand?",
  "What did we learn from the Kwandaba bridge project?",
];

const $ = (id) => document.getElementById(id);

function made(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
}

function show(id, shown) { $(id).hidden = !shown; }

async function fetched(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service does not answer. Is it running?");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Error((body && body.detail) || `The service answered ${response.status}.`);
}

// Words for dates, pages and states

function day(iso) {
  const parsed = new Date(`${iso}T00:00:00`);
  if (Number.isNaN(parsed.getTime())) return iso;
  return parsed.toLocaleDateString("en-ZA", { day: "numeric", month: "long", year: "numeric" });
}

function inForce(thing) {
  if (thing.in_force_from && thing.in_force_to) return `in force ${day(thing.in_force_from)} to ${day(thing.in_force_to)}`;
  if (thing.in_force_from) return `in force from ${day(thing.in_force_from)}`;
  return thing.in_force_to ? `in force until ${day(thing.in_force_to)}` : "";
}

function pageName(number, label) {
  return label && label !== String(number) ? `page ${number} (printed ${label})` : `page ${number}`;
}

// "Credit Policy › 7. Disconnection" below the title "Credit Policy" says it twice
function sectionName(thing) {
  const section = thing.section || "";
  const [outermost, ...inner] = section.split(" › ");
  return outermost.toLowerCase() === thing.title.toLowerCase() ? inner.join(" › ") : section;
}

function badges(thing) {
  const found = [];
  if (thing.status && thing.status !== "current") found.push(made("span", "badge", thing.status));
  if (thing.ocr) {
    const badge = made("span", "badge", "read by OCR");
    badge.title = "This page is a scan: letters may have been misread. Compare with the picture.";
    found.push(badge);
  }
  return found;
}

// Asking

let asking = null;

async function ask(question, { remember = true } = {}) {
  const words = question.trim();
  if (!words) { $("question").focus(); return; }
  if (asking) asking.abort();
  asking = new AbortController();
  const mine = asking;
  $("question").value = words;
  if (remember) history.pushState(null, "", questionUrl(words));
  document.title = `${words} · Khumbula`;
  state("loading");
  try {
    const asked = { question: words };
    if ($("as-of").value) asked.as_of = $("as-of").value;
    const answer = await fetched("/api/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
      signal: mine.signal,
    });
    if (mine === asking) showAnswer(answer);
  } catch (error) {
    if (mine !== asking || error.name === "AbortError") return;
    $("error").textContent = error.message;
    state("error");
  }
}

function questionUrl(words) {
  const query = new URLSearchParams({ q: words });
  if ($("as-of").value) query.set("as_of", $("as-of").value);
  return `/?${query}`;
}

function state(name) {
  for (const id of ["first", "loading", "error", "result"]) show(id, id === name);
}

function showAnswer(answer) {
  const cited = answer.supported ? answer.citations : answer.closest;
  $("result").classList.toggle("unknown", !answer.supported);
  $("verdict").textContent = answer.supported ? "From the documents, word for word" : "I do not know";
  if (answer.supported && answer.generated_by !== "extractive") $("verdict").textContent = "Put in other words by a model; check the sources";
  $("answer").replaceChildren(...withMarkers(answer.answer, answer.citations));
  $("sources-title").textContent = answer.supported ? "Where it stands" : "What comes closest, though it does not answer";
  show("sources", cited.length > 0);
  $("citations").replaceChildren(...cited.map((citation) => citationItem(citation, answer.supported)));
  const asOf = $("as-of").value ? ` · as on ${day($("as-of").value)}` : "";
  $("made").textContent = `${Math.max(1, Math.round(answer.took_ms))} ms${asOf}`;
  state("result");
}

// "… in arrears. [1]" -> text, with a button for each marker that there is a citation for
function withMarkers(text, citations) {
  return text.split(/(\[\d+\])/).map((part) => {
    const number = /^\[(\d+)\]$/.exec(part);
    const citation = number && citations.find((c) => c.marker === Number(number[1]));
    if (!citation) return document.createTextNode(part);
    const button = made("button", "marker", number[1]);
    button.type = "button";
    button.setAttribute("aria-label", `Source ${number[1]}: ${citation.title}, ${pageName(citation.page, citation.page_label)}`);
    button.addEventListener("click", () => openUrl(citation.url));
    return button;
  });
}

function citationItem(citation, numbered) {
  const item = made("li");
  const button = made("button", "citation");
  button.type = "button";
  button.append(made("span", "number", numbered ? citation.marker : "·"));
  const title = made("span", "title", citation.title);
  title.append(...badges(citation));
  const where = [sectionName(citation), pageName(citation.page, citation.page_label), inForce(citation)];
  button.append(title, made("span", "where", where.filter(Boolean).join(" · ")), made("span", "quote", citation.quote));
  button.addEventListener("click", () => openUrl(citation.url));
  item.append(button);
  return item;
}

// The page's panel

let shown = null;

function openUrl(url) {
  const query = new URL(url, location.href).searchParams;
  openPanel(Object.fromEntries(["document", "version", "page", "passage", "start", "end"].map((k) => [k, query.get(k)])));
}

function openPanel(place) {
  if (!$("panel").open) $("panel").showModal();
  $("as-text").setAttribute("aria-pressed", "false");
  showPage(place);
}

function pagePath(place) {
  return `/api/documents/${Number(place.document)}/versions/${Number(place.version)}/pages/${Number(place.page)}`;
}

function markQuery(place) {
  const query = new URLSearchParams();
  for (const key of ["passage", "start", "end"]) if (place[key]) query.set(key, place[key]);
  return query;
}

async function showPage(place) {
  shown = { place, page: null };
  const mine = shown;
  panelNotice("Opening the page…");
  show("picture", false);
  show("text", false);
  $("previous").disabled = $("next").disabled = true;
  try {
    const page = await fetched(`${pagePath(place)}?${markQuery(place)}`);
    if (mine !== shown) return;
    shown.page = page;
    showHead(page);
    showBody();
  } catch (error) {
    if (mine === shown) panelNotice(error.message, true);
  }
}

function panelNotice(text, bad = false) {
  $("panel-notice").textContent = text;
  $("panel-notice").classList.toggle("error", bad);
  show("panel-notice", Boolean(text));
}

function showHead(page) {
  $("panel-title").textContent = page.title;
  const printed = page.label && page.label !== String(page.number) ? `printed page number ${page.label}` : "";
  const facts = [sectionName(page), printed, inForce(page), `version ${page.version}`, page.custodian];
  $("panel-facts").textContent = facts.filter(Boolean).join(" · ");
  $("panel-facts").append(...badges(page));
  $("panel-page").textContent = `Page ${page.number} of ${page.pages}`;
  $("previous").disabled = page.number <= 1;
  $("next").disabled = page.number >= page.pages;
  $("original").href = `/api/documents/${page.document_id}/versions/${page.version}/original`;
  $("original").title = page.file_name;
  show("as-text", page.picture);
}

function showBody() {
  const { place, page } = shown;
  const asText = !page.picture || $("as-text").getAttribute("aria-pressed") === "true";
  $("panel-body").scrollTop = 0;
  show("picture", false);
  show("text", asText);
  if (asText) { showText(page); return; }
  const query = markQuery(place);
  query.set("scale", window.devicePixelRatio > 1.5 ? "2.5" : "2");
  panelNotice("Drawing the page…");
  const picture = $("picture");
  picture.alt = page.slices.length ? `The page, with this marked: ${marked(page)}` : `Page ${page.number} as a picture`;
  picture.src = `${pagePath(place)}.png?${query}`;
}

function marked(page) {
  return page.slices.map((slice) => sliced(page.text, slice.start, slice.end)).join(" … ");
}

// Offsets count code points, as Python does; JavaScript's strings count UTF-16 units.
function sliced(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

function showText(page) {
  panelNotice(page.needs_ocr && !page.text.trim() ? "This page is a scan that has not been read yet." : "");
  const parts = [];
  let at = 0;
  for (const slice of page.slices) {
    parts.push(document.createTextNode(sliced(page.text, at, slice.start)));
    parts.push(made("mark", "", sliced(page.text, slice.start, slice.end)));
    at = slice.end;
  }
  parts.push(document.createTextNode(sliced(page.text, at)));
  $("text").replaceChildren(...parts);
  const first = $("text").querySelector("mark");
  if (first) first.scrollIntoView({ block: "center" });
}

function pictureLoaded() {
  panelNotice("");
  show("picture", true);
  const page = shown && shown.page;
  if (!page || !page.highlights.length || !page.height) return;
  const { x0, y0 } = page.highlights[0];
  $("panel-body").scrollTop = (y0 / page.height) * $("picture").clientHeight - $("panel-body").clientHeight / 4;
  $("panel-body").scrollLeft = (x0 / page.width) * $("picture").clientWidth - 16;
}

function pictureFailed() {
  if (!shown || !shown.page) return;
  $("as-text").setAttribute("aria-pressed", "true");
  showBody();
  panelNotice("The page could not be drawn; here is its text.", true);
}

function turn(by) {
  if (!shown || !shown.page) return;
  const number = shown.page.number + by;
  if (number < 1 || number > shown.page.pages) return;
  // The quote's own offsets hold on its page alone; the passage may go on overleaf.
  showPage({ ...shown.place, page: String(number), start: null, end: null });
}

// The start

function begin() {
  const query = new URLSearchParams(location.search);
  const question = query.get("q");
  $("as-of").value = query.get("as_of") || "";
  $("options").open = Boolean($("as-of").value);
  if (question) ask(question, { remember: false });
  else { $("question").value = ""; document.title = "Khumbula"; state("first"); }
  if (query.get("document")) openUrl(location.href);
  else if ($("panel").open) $("panel").close();
}

async function tellWhatIsHeld() {
  try {
    const held = await fetched("/api/status");
    const number = (n) => n.toLocaleString("en-ZA");
    $("held").textContent = `${number(held.documents)} documents, ${number(held.pages)} pages`;
  } catch {
    $("held").textContent = "";
  }
}

$("ask").addEventListener("submit", (event) => { event.preventDefault(); ask($("question").value); });
$("suggestions").replaceChildren(...SUGGESTIONS.map((question) => {
  const item = made("li");
  const button = made("button", "", question);
  button.type = "button";
  button.addEventListener("click", () => ask(question));
  item.append(button);
  return item;
}));
$("close").addEventListener("click", () => $("panel").close());
$("panel").addEventListener("click", (event) => { if (event.target === $("panel")) $("panel").close(); });
$("panel").addEventListener("close", () => { shown = null; $("picture").removeAttribute("src"); });
$("previous").addEventListener("click", () => turn(-1));
$("next").addEventListener("click", () => turn(1));
$("as-text").addEventListener("click", () => {
  $("as-text").setAttribute("aria-pressed", String($("as-text").getAttribute("aria-pressed") !== "true"));
  if (shown && shown.page) showBody();
});
$("picture").addEventListener("load", pictureLoaded);
$("picture").addEventListener("error", pictureFailed);
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing && !$("panel").open) { event.preventDefault(); $("question").focus(); $("question").select(); }
  if ($("panel").open && event.key === "ArrowLeft") turn(-1);
  if ($("panel").open && event.key === "ArrowRight") turn(1);
});
window.addEventListener("popstate", begin);
tellWhatIsHeld();
begin();
