// The interface's texts: one catalogue a language (/static/words/en.json), which a translator can edit.

export const LANGUAGES = { en: "English", zu: "isiZulu", xh: "isiXhosa", af: "Afrikaans" };

let language = "en";
let words = {};
let english = {};
let draft = false;

function preferred() {
  const kept = localStorage.getItem("khumbula.language");
  const wanted = [kept, ...navigator.languages.map((name) => name.slice(0, 2))];
  return wanted.find((name) => name in LANGUAGES) ?? "en";
}

// A part with texts of its own, which come when it is gone to.
export async function loadMore(part) {
  const [found, fallback] = await Promise.all([catalogue(`${part}/${language}`), language === "en" ? null : catalogue(`${part}/en`)]);
  words = { ...words, ...found.words };
  english = { ...english, ...(fallback ?? found).words };
}

async function catalogue(name) {
  const response = await fetch(`/static/words/${name}.json`);
  if (!response.ok) throw new Error(`${name}.json: ${response.status}`);
  return response.json();
}

export async function loadWords() {
  const name = preferred();
  const [found, fallback] = await Promise.all([catalogue(name), name === "en" ? null : catalogue("en")]);
  speak(name, found, fallback ?? found);
  document.documentElement.lang = name;
}

// From now on texts are those of a catalogue; what it lacks is taken from another.
export function speak(name, found, fallback = found) {
  language = name;
  words = found.words;
  english = fallback.words;
  draft = found.draft;
}

export function chooseLanguage(name) {
  localStorage.setItem("khumbula.language", name);
}

export function currentLanguage() { return language; }

// Whether this language's texts were made by a machine and nobody has read them yet.
export function isDraft() { return draft; }

// t("page.of", {number: 3}): the text with its values put in.
export function t(key, values = {}) {
  const text = words[key] ?? english[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// counted("documents", 3): "documents.one" or "documents.other", as the language has it.
export function counted(key, number) {
  const form = new Intl.PluralRules(locale()).select(number) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { number: figure(number) });
}

// What the browser knows no dates and figures for is written as English is written here.
function locale() {
  const [known] = Intl.DateTimeFormat.supportedLocalesOf([`${language}-ZA`]);
  return known ?? "en-ZA";
}

export function figure(number) { return number.toLocaleString(locale()); }

// An ISO day, or the day of an ISO time, in words; what is no day stays as it is.
export function day(iso) {
  const parsed = new Date(iso.length === 10 ? `${iso}T00:00:00` : iso);
  if (Number.isNaN(parsed.getTime())) return iso;
  return parsed.toLocaleDateString(locale(), { day: "numeric", month: "long", year: "numeric" });
}

export function shortDay(iso) {
  return new Date(iso).toLocaleDateString(locale(), { day: "numeric", month: "short", year: "numeric" });
}

export function hour(iso) {
  return new Date(iso).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
}

export function bytes(number) {
  const units = ["B", "kB", "MB", "GB"];
  let at = 0;
  let size = number;
  while (size >= 1000 && at < units.length - 1) { size /= 1000; at += 1; }
  return `${figure(Math.round(size * (size < 10 && at > 0 ? 10 : 1)) / (size < 10 && at > 0 ? 10 : 1))} ${units[at]}`;
}
