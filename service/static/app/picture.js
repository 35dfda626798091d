// The picture of a page inside the panel, with the printed lines marked.

import { made } from "./elements.js";
import { alternative, scrollToMark } from "./page.js";
import { markQuery, pagePath } from "./place.js";
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
