/* Building and finding elements. Text goes in as text, never as markup. */

/*
 * h("button.btn.primary", { type: "submit", onclick: save, "aria-label": "…" }, "Save")
 *
 * null, undefined and false leave a property or a child out; true sets an empty attribute; on… listens; `value`,
 * `checked`, `selected` and `indeterminate` set the property. Children: nodes, texts, numbers, and lists of these.
 */
export function h(what, props, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== true));
  return node;
}

const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate"]);

function set(node, name, value) {
  if (value == null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.classList.add(...value.split(" ").filter(Boolean));
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

/* The same for drawings. */
export function svg(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props ?? {})) if (value != null) node.setAttribute(name, value);
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

const strokes = {
  key: "M9.75 9.25a3.25 3.25 0 1 0-3-3L2.5 10.5V13H5v-1.5h1.5V10z",
  flow: "M2.5 3h4v4h-4zM9.5 9h4v4h-4zM6.5 5h3a2 2 0 0 1 2 2v2",
  play: "M4.5 3v10l8-5z",
  merge: "M4.5 6.5v3M4.5 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm7 0a2 2 0 1 0 0-4 2 2 0 0" +
    " 0 0 4zm0-4V6.5a2 2 0 0 0-2-2H8",
  chain: "M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2.5-2.5a2.5 2.5 0 0 0-3.5-3.5L8.5 4" +
    "M9.25 6.75a2.5 2.5 0 0 0-3.5 0l-2.5 2.5a2.5 2.5 0 0 0 3.5 3.5L7.5 12",
  clock: "M8 13.75a5.75 5.75 0 1 0 0-11.5 5.75 5.75 0 0 0 0 11.5zM8 4.75V8l2.25 1.5",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.75 13.5c.5-2.5 2.5-3.75 5.25-3.75s4.75 1.25 5.25 3.75",
  people: "M6 7.5a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5zM1.75 13c.3-2.25 2-3.5 4.25-3.5s3.95 1.25 4.25 3.5" +
    "M10.5 3.2a2.25 2.25 0 0 1 0 4.1M12 9.8c1.3.5 2.05 1.6 2.25 3.2",
  list: "M6 4h7.5M6 8h7.5M6 12h7.5M2.5 4h1M2.5 8h1M2.5 12h1",
  issue: "M2.5 3h3v10h-3zM6.5 3h3v6.5h-3zM10.5 3h3v8h-3z",
  chart: "M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V6.5",
  audit: "M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2",
  bell: "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.75 14h2.5",
  gear: "M8 10.25a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5zM8 1.75v2" +
    "M8 12.25v2M14.25 8h-2M3.75 8h-2M12.4 3.6 11 5M5 11l-1.4 1.4M12.4 12.4 11 11M5 5 3.6 3.6",
  book: "M8 4c-1.5-1-3.5-1.25-5.5-1v9.5c2-.25 4 0 5.5 1 1.5-1 3.5-1.25 5.5-1V3c-2-.25-4 0-5.5 1zM8 4v9.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "m4 4 8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "m3 8.5 3.25 3.25L13 5",
  up: "M8 13V3.5M4 7.25 8 3.25l4 4",
  down: "M8 3v9.5M4 8.75l4 4 4-4",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
  fold: "m4.5 6.5 3.5 3.5 3.5-3.5",
};

export function icon(name, size = 16) {
  const heavy = name === "more" || name === "grip" ? 2.2 : 1.4;
  return svg("svg", { viewBox: "0 0 16 16", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": heavy,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" }, svg("path", { d: strokes[name] }));
}

export const $ = (selector, root = document) => root.querySelector(selector);

let ids = 0;
export const newId = (prefix = "x") => `${prefix}-${++ids}`;

/* Say something to screen readers only. */
export function announce(text) {
  const node = $("#announcer");
  node.textContent = "";
  setTimeout(() => { node.textContent = text; }, 50);
}

export function toast(text) {
  const node = h("p", {}, text);
  $("#toasts").append(node);
  setTimeout(() => node.remove(), 5000);
}

/* Load a style sheet of css/ that only some pages need; resolves when it applies. */
const sheets = new Map();
export function needStyle(name) {
  if (!sheets.has(name)) {
    sheets.set(name, new Promise((done) => {
      const href = new URL(`../css/${name}`, import.meta.url).href;
      document.head.append(h("link", { rel: "stylesheet", href, onload: done, onerror: done }));
    }));
  }
  return sheets.get(name);
}
