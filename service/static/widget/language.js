// The language of the widget's texts: the element's, else that of what it stands in, else the browser's.

import { LANGUAGES, speak } from "../app/words.js";
import { Failure } from "./patience.js";

export function languageOf(element) {
  const told = element.closest("[lang]")?.getAttribute("lang");
  const wanted = [told, ...navigator.languages].filter(Boolean).map((name) => name.toLowerCase().split("-")[0]);
  return wanted.find((name) => name in LANGUAGES) ?? "en";
}

export async function loadWords(home, element) {
  const name = languageOf(element);
  let response;
  try {
    response = await fetch(`${home}/static/words/${name}.json`, { credentials: "omit" });
  } catch {
    throw new Failure("offline", "");
  }
  if (!response.ok) throw new Failure("offline", "");
  speak(name, await response.json());
}
