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
  key: "M9.750 9.250a3.250 3.250 0 1 0-3-3L2.500 10.500V13H5v-1.500h1.500V10z",
  flow: "M2.500 3h4v4h-4zM9.500 9h4v4h-4zM6.500 5h3a2 2 0 0 1 2 2v2",
  play: "M4.500 3v10l8-5z",
  person: "M8 8a2.750 2.750 0 1 0 0-5.500A2.750 2.750 0 0 0 8 8zM2.750 13.500c.5-2.500 2.500-3.750 5.250-3.750s4.750 1.250 5.250 3.750",
  people: "M6 7.500a2.250 2.250 0 1 0 0-4.500 2.250 2.250 0 0 0 0 4.500zM1.750 13c.3-2.250 2-3.500 4.250-3.500s3.950 1.250 4.250 3.500M10.500 3.200a2.250 2.250 0 0 1 0 4.100M12 9.800c1.300.5 2.050 1.600 2.250 3.200",
  issue: "M2.500 3h3v10h-3zM6.500 3h3v6.500h-3zM10.500 3h3v8h-3z",
  chart: "M2.500 2.500v11h11M5.500 11V8M8.500 11V5M11.500 11V6.500",
  audit: "M4 2.500h8v11H4zM6 5.500h4M6 8h4M6 10.500h2",
  gear: "M8 10.250a2.250 2.250 0 1 0 0-4.500 2.250 2.250 0 0 0 0 4.500zM8 1.750v2M8 12.250v2M14.250 8h-2M3.750 8h-2M12.400 3.600 11 5M5 11l-1.400 1.400M12.400 12.400 11 11M5 5 3.600 3.600",
  book: "M8 4c-1.500-1-3.500-1.250-5.500-1v9.500c2-.25 4 0 5.500 1 1.500-1 3.500-1.250 5.500-1V3c-2-.25-4 0-5.500 1zM8 4v9.500",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  close: "m4 4 8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  check: "m3 8.500 3.250 3.250L13 5",
  up: "M8 13V3.500M4 7.250 8 3.250l4 4",
  down: "M8 3v9.500M4 8.750l4 4 4-4",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
  fold: "m4.500 6.500 3.500 3.500 3.500-3.500",
};

export function icon(name, size = 16) {
  const heavy = name === "more" || name === "grip" ? 2.2 : 1.4;
  return svg("svg", { viewBox: "0 0 16 16", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": heavy,
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
