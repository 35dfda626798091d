// Elements made in code. Text reaches the page as text, never as markup.

// made("a", {class: "quiet", href: "/", onclick: f}, "text", child): what is null, undefined or false is left out.
export function made(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function button(properties, ...children) {
  return made("button", { type: "button", ...properties }, ...children);
}

// Said to who cannot see it.
export function announce(text) {
  document.getElementById("announce").textContent = text;
}

// A page's main heading; it takes the focus when the page changes.
export function heading(text) {
  return made("h1", { tabindex: "-1" }, text);
}

// Styles that come with a view: who only asks does without.
export function loadStyle(name) {
  const id = `style-${name}`;
  if (document.getElementById(id)) return null;
  const link = made("link", { id, rel: "stylesheet", href: `/static/style/${name}.css` });
  document.head.append(link);
  return new Promise((loaded) => { link.onload = link.onerror = loaded; });
}

let numbers = 0;

export function newId(name) {
  numbers += 1;
  return `${name}-${numbers}`;
}
