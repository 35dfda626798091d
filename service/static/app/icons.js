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
  again: "M20 5v5h-5M19.4 10A8 8 0 1 0 20 13",
  files: "M6 3h8l4 4v14H6zM14 3v4h4",
  upload: "M12 16V5M7 10l5-5 5 5M5 20h14",
  queue: "M5 6h14M5 12h14M5 18h9",
  shelves: "M4 4h5v16H4zM9 4h5v16H9zM15.5 5l4-1 3 15-4 1z",
  users: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c.5-4 3.5-6 8-6s7.500 2 8 6",
  keys: "M8 11a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM11.500 12.500 20 4M16 8l3 3",
  feedback: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  installation: "M4 13a8 8 0 1 1 16 0M12 13l4-5M4 19h16",
  audit: "M12 3l8 3v6c0 4.500-3.200 7.600-8 9-4.800-1.400-8-4.500-8-9V6zM8.500 12l2.500 2.500 4.500-5",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.5",
  swap: "M7 4v13M4 14l3 3 3-3M17 20V7M14 10l3-3 3 3",
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
