/* Every change: who, what, when, from where. */
import { h } from "../dom.js";
import { all, get } from "../api.js";
import { date, dayEdge, t } from "../i18n/index.js";
import { can } from "../session.js";
import { copyButton } from "../ui/copy.js";
import { list, pageHead } from "../ui/list.js";
import { filters, nothing } from "../ui/resource.js";

export default async function audit({ root, query, signal }) {
  const [people, keys] = await Promise.all([can("members:read") ? all("/members") : [],
    can("keys:read") ? all("/project/api-keys") : []]);
  const actors = [...people.map((one) => [one.id, one.name || one.email]),
    ...keys.map((one) => [one.id, `${one.name} (${one.prefix}…)`])];
  const actor = query.get("actorId");
  if (actor && !actors.some(([id]) => id === actor)) actors.push([actor, actor]);
  const filter = filters({ query, changed: () => { rows.rows = []; return rows.load(); }, fields: [
    { name: "actorId", label: t("audit.who"), options: actors },
    { name: "action", label: t("audit.action"), placeholder: "keys.create" },
    { name: "resourceId", label: t("audit.what"), placeholder: "kak_…" },
    { name: "from", label: t("from"), type: "date" }, { name: "to", label: t("until"), type: "date" },
  ] });
  const asked = () => ({ ...filter.values, from: dayEdge(filter.values.from), to: dayEdge(filter.values.to, 1) });
  const rows = list({
    signal, caption: t("audit.title"), page: (cursor) => get("/audit", { ...asked(), cursor }, { signal }),
    none: () => nothing("audit", filter.any),
    columns: [
      { label: t("audit.action"), cell: (row) => h("code.name.nowrap", {}, row.action) },
      { label: t("audit.when"), cell: (row) => h("time.nowrap", { datetime: row.createdAt },
        date(row.createdAt, { dateStyle: "medium", timeStyle: "medium" })) },
      { label: t("audit.who"), cell: (row) => h("div", {}, h("div.break", {}, row.actorName ?? row.actorId ?? "–"),
        h("div.small.soft", {}, t(`actor.${row.actorType}`))) },
      { label: t("audit.what"), cell: (row) => (row.resourceId ? h("code.break.small", {}, row.resourceId) : "–") },
      { label: t("audit.address"), cell: (row) => (row.address ? h("code.small", {}, row.address) : "–") },
      { label: t("error.requestId"), cell: (row) => h("div.row.nowrap.inline", {},
        h("code.small", { title: row.requestId }, row.requestId.slice(0, 8)),
        copyButton(row.requestId, t("error.copyId"))) },
    ],
  });
  root.replaceChildren(pageHead(t("audit.title"), t("audit.about")), filter.node, rows.node);
  await rows.load();
}
