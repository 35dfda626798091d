// One page of a version inside the panel: its picture with the printed lines marked, or its text with the words marked.

import { made } from "./elements.js";
import { markQuery, pageName, pagePath, sliced } from "./place.js";
import { t } from "./words.js";

// Who leafs through wants the page where he stops, not those between.
const PAUSE = 150;
// A picture that cannot be had now (the service draws so many at once) is asked for again.
const TRIES = 3;
const AGAIN = 1000;

// Fills `body` with the page; `told(text, bad)` says what there is to say; `failed()` when the picture cannot be had.
export function showPicture(body, place, page, told, failed) {
  const query = markQuery(place);
  query.set("scale", window.devicePixelRatio > 1.5 ? "2.5" : "2");
  told(t("page.drawing"));
  const picture = made("img", { class: "picture", id: "picture", alt: alternative(page) });
  // The place is kept before the picture is there: nothing moves when it comes.
  picture.style.aspectRatio = `${page.width} / ${page.height}`;
  picture.addEventListener("load", () => { told(""); scrollToMark(body, picture, page); });
  let tries = 0;
  const draw = () => { if (picture.isConnected) picture.src = `${pagePath(place)}.png?${query}`; };
  picture.addEventListener("error", () => {
    tries += 1;
    if (tries < TRIES) setTimeout(draw, AGAIN * tries);
    else if (picture.isConnected) failed();
  });
  const leafing = body.querySelector("img");
  leafing?.removeAttribute("src");
  setTimeout(draw, leafing ? PAUSE : 0);
  body.replaceChildren(picture);
  scrollToMark(body, picture, page);
}

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
