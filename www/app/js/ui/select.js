/* Choosing several rows of a list by boxes in its first column, and deleting them at once. */
import { h, needStyle, toast } from "../dom.js";
import { post } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { confirmDialog } from "./dialog.js";

await Promise.all([needLate(), needStyle("work.css")]);

const AT_ONCE = 100; /* ids that one request takes */

/*
 *   path      of the resource, which has /bulk-delete
 *   nameOf    (row) => what people call it
 *   may       (row) => it can be deleted
 *   trash     true: it goes to the trash
 *
 * Answers { columns(columns), follow(rows) }: the list's columns with boxes, and the list itself once it is there.
 */
export function selection({ path, nameOf, may = () => true, trash = false }) {
  const chosen = new Set();
  let rows = null;
  const count = h("span", { "aria-live": "polite" });
  const left = h("div", { "aria-live": "assertive" });
  const bar = h("div.card.row.between.picked", { role: "region", "aria-label": t("select.title"), hidden: true }, count,
    h("div.row", {}, h("button.btn.small.danger-quiet", { type: "button", onclick: erase }, t("select.delete")),
      h("button.btn.small.quiet", { type: "button", onclick: () => clear() }, t("select.none"))));
  const every = h("input", { type: "checkbox", "aria-label": t("select.all"), onchange: () => {
    for (const row of rows.rows.filter(may)) if (every.checked) chosen.add(row.id); else chosen.delete(row.id);
    show();
  } });

  /* What is gone, or may not go any more, is not chosen either. */
  const picked = () => rows.rows.filter((row) => chosen.has(row.id) && may(row));

  function show() {
    const now = picked();
    bar.hidden = now.length === 0;
    count.textContent = t("select.count", { n: now.length });
    every.checked = now.length > 0 && now.length === rows.rows.filter(may).length;
    every.indeterminate = now.length > 0 && !every.checked;
    for (const box of rows.node.querySelectorAll("input[data-pick]")) box.checked = chosen.has(box.dataset.pick);
  }

  function clear() {
    chosen.clear();
    show();
    rows.node.querySelector("input[data-pick]")?.focus();
  }

  async function erase() {
    const going = picked();
    const kept = [];
    left.replaceChildren();
    const sure = await confirmDialog({ title: t("select.deleteTitle", { n: going.length }),
      text: t(trash ? "select.trashText" : "select.deleteText"), label: t("select.delete"), act: async () => {
        for (let at = 0; at < going.length; at += AT_ONCE) {
          const part = going.slice(at, at + AT_ONCE);
          const { data } = await post(`${path}/bulk-delete`, { ids: part.map((row) => row.id) });
          kept.push(...part.filter((row, i) => !data[i].deleted && data[i].code !== "NOT_FOUND"));
        }
      } });
    if (!sure) return;
    chosen.clear();
    toast(t("select.deleted", { n: going.length - kept.length }));
    if (kept.length > 0) left.replaceChildren(h("div.notice.warn", {}, h("p", {},
      t("select.kept", { names: kept.map(nameOf).join(", ") }))));
    await rows.load();
    show();
  }

  const box = (row) => h("input", { type: "checkbox", "data-pick": row.id, checked: chosen.has(row.id),
    disabled: !may(row), "aria-label": t("select.one", { name: nameOf(row) }), onchange: (event) => {
      if (event.target.checked) chosen.add(row.id); else chosen.delete(row.id);
      show();
    } });

  return {
    columns: ([first, ...others]) => [{ ...first, head: h("span.row.pick", {}, every, first.label),
      cell: (row) => h("div.row.pick", {}, box(row), first.cell(row)) }, ...others],
    follow: (list) => {
      rows = list;
      rows.node.before(bar, left);
    },
  };
}
