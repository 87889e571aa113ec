/* Lists that page by cursor, as tables that turn into small cards on narrow screens. */
import { h } from "../dom.js";
import { get, poll } from "../api.js";
import { t } from "../i18n/index.js";
import { empty, errorNotice, errorState, skeleton } from "./states.js";
import { say } from "./words.js";

/*
 * A table.
 *
 *   caption   what it is, for screen readers
 *   columns   { label, cell: (row) => node or text, class?, head? }; the class "actions" hides the label, `head` stands
 *             in its place at the top
 *   rows      what goes in; row.id names a line
 */
export function table({ caption, columns, rows, rowClass, cards = true }) {
  return h("div.table-wrap", {}, h("table.table", { class: cards ? "cards" : null, role: "table" },
    h("caption.sr-only", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.class },
      column.class?.includes("actions") ? h("span.sr-only", {}, column.label) : column.head ?? column.label)))),
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

/* Nothing to show: because of the filters, or because there is nothing yet. */
export const nothing = (group, any, ...actions) => (any
  ? empty(t("list.nothing"), t("list.nothingText"))
  : empty(say(group, "none"), say(group, "noneText"), ...actions));

/* Does this row say something else than the one that is shown? */
const differs = (old, row) => JSON.stringify(old) !== JSON.stringify({ ...old, ...row });

/*
 * Keep the rows of a list true, newest first: ask `page()` again and again and show what differs.
 *
 *   worth   (rows) => is there anything that may change?
 *   live    (row) => it changes by the clock alone
 */
function follow(rows, { root, signal, page, worth = () => true, live = () => false, ...pace }) {
  return poll(async () => {
    if (root.querySelector(":popover-open") || rows.rows.length === 0 || !worth(rows.rows)) return false;
    const { data } = await page();
    const old = new Map(rows.rows.map((row) => [row.id, row]));
    if (data.length && !old.has(data[0].id)) {
      await rows.load();
      return true;
    }
    const known = data.filter((row) => old.has(row.id));
    const news = known.filter((row) => differs(old.get(row.id), row));
    for (const row of known) if (news.includes(row) || live(row)) rows.update(row);
    return news.length > 0;
  }, { ...pace, signal });
}

const NO_FILTER = { values: {}, any: false, node: null };

/*
 * A page that is a list: its heading, its filters, its rows.
 *
 *   group, path   as the table says; title and about are the group's words, or given
 *   filter        of filters.js; asked  (values) => the query they make
 *   create        () => the button that makes a new one
 *   head          (title, about, button) => nodes, instead of pageHead
 *   pace          as follow() takes it; left out: what was loaded stays
 *   columns, rowClass  as above
 *
 * Answers the list, which is still to be loaded.
 */
export function listPage({ root, signal }, { group, path, title = t(`${group}.title`), about = t(`${group}.about`),
  filter = NO_FILTER, asked = (values) => values, create = () => null, head = pageHead, pace, ...shape }) {
  const page = (more) => get(path, { ...asked(filter.values), ...more }, { signal });
  const rows = list({ signal, caption: title, page: (cursor) => page({ cursor }),
    none: () => nothing(group, filter.any, create()), ...shape });
  if (filter.node) filter.changed = () => { rows.rows = []; return rows.load(); };
  root.replaceChildren(...[head(title, about, create()), filter.node, rows.node].flat().filter(Boolean));
  if (pace) follow(rows, { root, signal, page: () => page({ limit: 100 }), ...pace });
  return rows;
}
