// One page of a version: what its picture shows and where the mark on it is, and its text with the words marked.

import { made } from "./elements.js";
import { pageName, sliced } from "./place.js";
import { t } from "./words.js";

// What a page's picture shows, in words.
export function alternative(page) {
  const name = pageName(page.number, page.label);
  if (!page.slices.length) return t("page.picture", { page: name });
  const quote = page.slices.map((slice) => sliced(page.text, slice.start, slice.end)).join(" … ");
  return t("page.picture_marked", { page: name, quote });
}

export function scrollToMark(body, picture, page) {
  if (!page.highlights.length || !page.height) { body.scrollTop = 0; return; }
  const { x0, y0 } = page.highlights[0];
  body.scrollTop = (y0 / page.height) * picture.clientHeight - body.clientHeight / 4;
  body.scrollLeft = (x0 / page.width) * picture.clientWidth - 16;
}

export function showText(body, page, told) {
  told(page.needs_ocr && !page.text.trim() ? t("page.unread") : "");
  const text = made("pre", { class: "text", id: "text" });
  let at = 0;
  for (const slice of page.slices) {
    text.append(sliced(page.text, at, slice.start), made("mark", {}, sliced(page.text, slice.start, slice.end)));
    at = slice.end;
  }
  text.append(sliced(page.text, at));
  body.replaceChildren(text);
  const first = text.querySelector("mark");
  if (first) first.scrollIntoView({ block: "center" });
  else body.scrollTop = 0;
}
