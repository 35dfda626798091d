// Line drawings, 24 by 24, in the colour of the text beside them. Never the only name of a thing.

const PATHS = {
  ask: "M4 5h16v11H9l-5 4z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  history: "M4 5v5h5M4.6 10A8 8 0 1 1 4 13M12 8v5l3 2",
  admin: "M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6z",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.5v5M8 14.5v5",
  close: "M6 6l12 12M18 6 6 18",
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  share: "M8 12h8M12 8l4 4-4 4M10 4H4v16h6M14 4h6v16h-6",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  yes: "M5 12l5 5L19 7",
  no: "M7 7l10 10M17 7 7 17",
  away: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  send: "M12 20V5M6 11l6-6 6 6",
  plus: "M12 5v14M5 12h14",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
