/* A button that opens a list of actions. Arrow keys, Home, End, Escape; in the top layer: nothing cuts it off. */
import { h, icon, newId } from "../dom.js";

/*
 *   label     what the button is called
 *   content   what it shows; left out: three dots
 *   items     { label, act, icon?, bad?, checked? }; null is left out
 */
export function menu({ label, content, class: look = "quiet icon small", items }) {
  const id = newId("menu");
  const list = h("div", { role: "menu", id, popover: "auto", "aria-label": label });
  const button = h("button.btn", { class: look, type: "button", "aria-label": label, "aria-haspopup": "menu",
    "aria-expanded": "false", "aria-controls": id }, content ?? icon("more"));
  const entries = items.filter(Boolean).map((item) => h("button", {
    type: "button", tabindex: "-1", class: item.bad ? "bad" : null,
      role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
    onclick: () => { list.hidePopover(); button.focus(); item.act(); } },
  item.checked ? icon("check") : item.icon && icon(item.icon), item.label));
  list.append(...entries);

  const place = () => {
    const from = button.getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const left = Math.min(from.right - size.width < 8 ? from.left : from.right - size.width,
      innerWidth - size.width - 8);
    const below = from.bottom + 4 + size.height < innerHeight;
    list.style.left = `${Math.max(8, left)}px`;
    list.style.top = `${below ? from.bottom + 4 : Math.max(8, from.top - 4 - size.height)}px`;
    if (button.classList.contains("switcher")) list.style.minWidth = `${from.width}px`;
  };
  const open = (at) => { list.showPopover(); place(); entries.at(at)?.focus(); };
  button.addEventListener("click", () => (list.matches(":popover-open") ? list.hidePopover() : open(0)));
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault();
      open(event.key === "ArrowDown" ? 0 : -1); }
  });
  list.addEventListener("toggle", (event) => button.setAttribute("aria-expanded", String(event.newState === "open")));
  list.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) { event.preventDefault(); entries.at(next % entries.length)?.focus(); }
    if (event.key === "Tab") list.hidePopover();
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); list.hidePopover(); button.focus(); }
  });
  return h("div.menu", {}, button, list);
}
