/* Project Settings → Trash: what was deleted, to be brought back or to be gone for good. */
import { h, toast } from "../dom.js";
import { post, remove } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, failed } from "../ui/dialog.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { settingsHead } from "../ui/tabs.js";
import { titleOf } from "../ui/words.js";

await needLate();

const path = "/trash";
const writable = ({ kind }) => can(`${resources[kind].scope}:write`);

export default async function trash(place) {
  const kinds = Object.entries(resources).filter(([, one]) => one.trash && can(`${one.scope}:read`));
  const filter = filters(place.query, { fields: [{ name: "kind", label: t("trash.kind"),
    options: kinds.map(([kind, one]) => [kind, titleOf(one)]) }] });
  const restore = async (row) => {
    try {
      await post(`${path}/${row.id}/restore`);
      rows.drop(row.id);
      toast(t("trash.restored", { name: row.name }));
    } catch (error) { await failed(error); }
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("trash.deleteTitle", { name: row.name }), text: t("trash.deleteText"),
      label: t("trash.delete"), act: () => remove(`${path}/${row.id}`) })) rows.drop(row.id);
  };
  const empty = async () => {
    const kind = filter.values.kind || undefined;
    let gone = 0;
    if (!(await confirmDialog({ title: t("trash.emptyTitle"), text: t("trash.emptyText"), label: t("trash.empty"),
      act: async () => { gone = (await post(`${path}/empty`, { kind })).data.deleted; } }))) return;
    toast(t("trash.emptied", { n: gone }));
    rows.rows = [];
    await rows.load();
  };
  const actions = (row) => writable(row) && h("div.row.inline", {},
    h("button.btn.small", { type: "button", "aria-label": t("trash.restoreNamed", { name: row.name }),
      onclick: () => restore(row) }, t("trash.restore")),
    h("button.btn.small.danger-quiet", { type: "button", "aria-label": t("trash.deleteNamed", { name: row.name }),
      onclick: () => drop(row) }, t("trash.delete")));
  const rows = listPage(place, {
    group: "trash", path, filter,
    head: (title, about) => settingsHead("/settings/trash", title, about,
      kinds.some(([kind]) => writable({ kind })) && h("button.btn.danger-quiet", { type: "button", onclick: empty },
        t("trash.empty"))),
    columns: [
      { label: t("field.name"), cell: (row) => h("span.name.break", {}, row.name) },
      { label: t("trash.kind"), cell: (row) => titleOf(resources[row.kind]) },
      { label: t("trash.deleted"), cell: (row) => h("div", {}, ago(row.deletedAt),
        h("div.small.soft.break", {}, t("trash.by", { name: row.deletedBy }))) },
      { label: t("trash.expires"), cell: (row) => (row.expiresAt ? ago(row.expiresAt) : t("trash.never")) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
