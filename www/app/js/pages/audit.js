/* Every change: who, what, when, from where. */
import { h } from "../dom.js";
import { all, get } from "../api.js";
import { date, t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { copyButton } from "../ui/copy.js";
import { field } from "../ui/form.js";
import { later, list, pageHead } from "../ui/list.js";
import { empty } from "../ui/states.js";

const edge = (day, plus) => {
  if (!day) return "";
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + plus);
  return at.toISOString().replace(/\.\d+Z$/, "Z");
};

export default async function audit({ root, query, signal }) {
  const filter = Object.fromEntries(["actorId", "action", "resourceId", "from", "to"].map((name) => [name, query.get(name) ?? ""]));
  const asked = () => ({ ...filter, from: edge(filter.from, 0), to: edge(filter.to, 1) });
  const [people, keys] = await Promise.all([can("members:read") ? all("/members") : [], can("keys:read") ? all("/project/api-keys") : []]);
  const actors = [...people.map((one) => [one.id, one.name || one.email]), ...keys.map((one) => [one.id, `${one.name} (${one.prefix}…)`])];
  if (filter.actorId && !actors.some(([id]) => id === filter.actorId)) actors.push([filter.actorId, filter.actorId]);
  const change = (name, value) => { filter[name] = value.trim(); setQuery(filter); rows.rows = []; rows.load(); };
  const typed = later(change, 400);
  const spec = (name, label, more) => field({ name, label, value: filter[name], onchange: (event) => change(name, event.target.value), ...more }).node;
  const rows = list({
    signal, caption: t("audit.title"), page: (cursor) => get("/audit", { ...asked(), cursor }, { signal }),
    none: () => (Object.values(filter).some(Boolean) ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("audit.none"), t("audit.noneText"))),
    columns: [
      { label: t("audit.action"), cell: (row) => h("code.name.nowrap", {}, row.action) },
      { label: t("audit.when"), cell: (row) => h("time.nowrap", { datetime: row.createdAt }, date(row.createdAt, { dateStyle: "medium", timeStyle: "medium" })) },
      { label: t("audit.who"), cell: (row) => h("div", {}, h("div.break", {}, row.actorName ?? row.actorId ?? "–"), h("div.small.soft", {}, t(`actor.${row.actorType}`))) },
      { label: t("audit.what"), cell: (row) => (row.resourceId ? h("code.break.small", {}, row.resourceId) : "–") },
      { label: t("audit.address"), cell: (row) => (row.address ? h("code.small", {}, row.address) : "–") },
      { label: t("error.requestId"), cell: (row) => h("div.row.nowrap.inline", {}, h("code.small", { title: row.requestId }, row.requestId.slice(0, 8)), copyButton(row.requestId, t("error.copyId"))) },
    ],
  });
  root.replaceChildren(pageHead(t("audit.title"), t("audit.about")),
    h("div.filters", { role: "search" }, spec("actorId", t("audit.who"), { type: "select", options: [["", t("all")], ...actors] }),
      spec("action", t("audit.action"), { placeholder: "keys.create", oninput: (event) => typed("action", event.target.value), onchange: null }),
      spec("resourceId", t("audit.what"), { placeholder: "kak_…", oninput: (event) => typed("resourceId", event.target.value), onchange: null }),
      spec("from", t("from"), { type: "date" }), spec("to", t("until"), { type: "date" })), rows.node);
  await rows.load();
}
