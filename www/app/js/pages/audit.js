/* Every change: who, what, when, from where. */
import { h } from "../dom.js";
import { all } from "../api.js";
import { date, dayEdge, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { copyButton } from "../ui/copy.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";

await needLate();

export default async function audit(place) {
  const [people, keys] = await Promise.all([can("members:read") ? all("/members") : [],
    can("keys:read") ? all("/project/api-keys") : []]);
  const actors = [...people.map((one) => [one.id, one.name || one.email]),
    ...keys.map((one) => [one.id, `${one.name} (${one.prefix}…)`])];
  const actor = place.query.get("actorId");
  if (actor && !actors.some(([id]) => id === actor)) actors.push([actor, actor]);
  const rows = listPage(place, {
    group: "audit", path: resources.auditEntry.path,
    filter: filters(place.query, { fields: [
      { name: "actorId", label: t("audit.who"), options: actors },
      { name: "action", label: t("audit.action"), placeholder: "keys.create" },
      { name: "resourceId", label: t("audit.what"), placeholder: "kak_…" },
      { name: "from", label: t("from"), type: "date" }, { name: "to", label: t("until"), type: "date" },
    ] }),
    asked: (values) => ({ ...values, from: dayEdge(values.from), to: dayEdge(values.to, 1) }),
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
  await rows.load();
}
