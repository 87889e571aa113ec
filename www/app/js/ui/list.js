/* Lists that page by cursor, as tables that turn into small cards on narrow screens. */
import { h } from "../dom.js";
import { t } from "../i18n/index.js";
import { errorNotice, errorState, skeleton } from "./states.js";

/*
 * A table.
 *
 *   caption   what it is, for screen readers
 *   columns   { label, cell: (row) => node or text, class? }; the class "actions" hides the label
 *   rows      what goes in; row.id names a line
 */
export function table({ caption, columns, rows, rowClass, cards = true }) {
  return h("div.table-wrap", {}, h("table.table", { class: cards ? "cards" : null, role: "table" },
    h("caption.sr-only", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.class },
      column.class?.includes("actions") ? h("span.sr-only", {}, column.label) : column.label)))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => line({ columns, rowClass }, row)))));
}

function line({ columns, rowClass }, row) {
  return h("tr", { role: "row", "data-id": row.id, class: rowClass?.(row) }, columns.map((column, i) => {
    const content = column.cell(row);
    return h("td", { role: "cell", "data-label": column.label,
      class: [column.class, i === 0 && "first",
        (content == null || content === "") && "blank"].filter(Boolean).join(" ") }, content);
  }));
}

/*
 * A list in a card: fetches pages, shows more on demand.
 *
 *   page(cursor)    async, answers { data, nextCursor, hasMore }
 *   none            what to show when there is nothing
 *   caption, columns, rowClass as above
 *
 * Answers { node, load, rows, update(row), drop(id) }.
 */
export function list({ page, none, signal, ...shape }) {
  const node = h("div.card.flush", {});
  const self = { node, rows: [], load, update, drop, loaded: 0 };
  let body = null;
  let foot = null;
  let asked = 0;

  async function load() {
    const turn = ++asked;
    if (self.rows.length === 0) node.replaceChildren(skeleton(5));
    node.setAttribute("aria-busy", "true");
    try {
      const first = await page();
      if (turn !== asked || signal?.aborted) return;
      self.rows = first.data;
      draw(first);
    } catch (error) {
      if (error.name === "AbortError" || turn !== asked) return;
      self.rows = [];
      node.replaceChildren(errorState(error, load));
    }
    node.removeAttribute("aria-busy");
  }

  function draw(last) {
    if (self.rows.length === 0) return node.replaceChildren(none());
    const whole = table({ ...shape, rows: self.rows });
    body = whole.querySelector("tbody");
    foot = h("div.list-foot", {});
    node.replaceChildren(whole, foot);
    return drawFoot(last);
  }

  function drawFoot(last) {
    const count = h("span", { "aria-live": "polite" },
      t(last.hasMore ? "list.first" : "list.all", { n: self.rows.length }));
    const more = last.hasMore && h("button.btn.small", { type: "button", onclick: async () => {
      more.setAttribute("aria-busy", "true");
      try {
        const next = await page(last.nextCursor);
        const known = new Set(self.rows.map((row) => row.id));
        const fresh = next.data.filter((row) => !known.has(row.id));
        self.rows.push(...fresh);
        const lines = fresh.map((row) => line(shape, row));
        body.append(...lines);
        drawFoot(next);
        lines[0]?.querySelector("a, button")?.focus();
      } catch (error) {
        more.removeAttribute("aria-busy");
        foot.append(errorNotice(error));
      }
    } }, t("list.more"));
    foot.replaceChildren(count, more || "");
  }

  const lineOf = (id) => body?.querySelector(`tr[data-id="${CSS.escape(id)}"]`);

  function update(row) {
    const at = self.rows.findIndex((one) => one.id === row.id);
    if (at < 0) return;
    self.rows[at] = { ...self.rows[at], ...row };
    const old = lineOf(row.id);
    const had = old?.contains(document.activeElement);
    const fresh = line(shape, self.rows[at]);
    old?.replaceWith(fresh);
    if (had) (fresh.querySelector(".actions button") ?? fresh.querySelector("a, button"))?.focus();
  }

  function drop(id) {
    self.rows = self.rows.filter((row) => row.id !== id);
    lineOf(id)?.remove();
    if (self.rows.length === 0) load();
  }
  return self;
}

/* The head of a page: heading, a line about it, its actions. */
export const pageHead = (title, about, ...actions) =>
  h("div.page-head", {}, h("div.grow", {}, h("h1", { tabindex: "-1" }, title), about && h("p", {}, about)),
    actions.length ? h("div.row", {}, actions) : null);

/* Call `act` when nothing was typed for a moment. */
export function later(act, delay = 300) {
  let timer;
  return (...values) => { clearTimeout(timer); timer = setTimeout(() => act(...values), delay); };
}
