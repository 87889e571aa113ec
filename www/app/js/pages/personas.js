/* The personas: how an agent should behave in a step. */
import { h, icon, toast } from "../dom.js";
import { get, patch, post, remove } from "../api.js";
import { t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";
import { later, list, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";
import { ROLES } from "../ui/steps.js";

const EFFORTS = ["low", "medium", "high"];

async function edit(row) {
  const { data = { type: "custom", isEnabled: true }, etag } = row ? await get(`/personas/${row.id}`) : {};
  const form = makeForm([
    field({ name: "name", label: t("name"), value: data.name, required: true, max: 200, autofocus: true }),
    field({ name: "type", label: t("personas.type"), type: "select", value: data.type, options: ROLES.map((role) => [role, t(`stepRole.${role}`)]) }),
    field({ name: "agent", label: t("agent"), value: data.agent, nullable: true, max: 40, placeholder: t("step.inherited") }),
    field({ name: "model", label: t("model"), value: data.model, nullable: true, max: 100, placeholder: t("step.inherited") }),
    field({ name: "thinkingEffort", label: t("personas.effort"), type: "select", value: data.thinkingEffort, nullable: true, options: [["", t("step.inherited")], ...EFFORTS.map((one) => [one, t(`effort.${one}`)])] }),
    field({ name: "instructions", label: t("step.instructions"), hint: t("personas.instructionsHint"), type: "area", rows: 7, value: data.instructions, nullable: true, max: 20000 }),
    field({ name: "isEnabled", label: t("personas.enabledHint"), type: "check", value: data.isEnabled }),
  ]);
  const [name, type, agent, model, effort, instructions, enabled] = form.nodes;
  return openDialog({ title: row ? t("personas.edit") : t("personas.new"), wide: true, form, body: [h("div.grid2", {}, name, type), h("div.grid2", {}, agent, model, effort), instructions, enabled],
    save: async () => (row ? patch(`/personas/${row.id}`, form.values, { etag }) : post("/personas", form.values)) });
}

export default async function personas({ root, query, signal }) {
  const filter = { q: query.get("q") ?? "", type: query.get("type") ?? "" };
  const reload = () => { setQuery(filter); rows.rows = []; return rows.load(); };
  const typed = later((value) => { filter.q = value.trim(); reload(); });
  const open = async (row) => {
    const answer = await edit(row);
    if (!answer) return;
    toast(t("saved"));
    if (row) rows.update(answer.data); else await rows.load();
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("personas.deleteTitle", { name: row.name }), text: t("personas.deleteText"), label: t("delete"), act: () => remove(`/personas/${row.id}`) })) rows.drop(row.id);
  };
  const write = can("personas:write");
  const create = () => write && h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), t("personas.new"));
  const rows = list({
    signal, caption: t("personas.title"), rowClass: (one) => (one.isEnabled ? null : "off"),
    page: (cursor) => get("/personas", { ...filter, cursor }, { signal }),
    none: () => (filter.q || filter.type ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("personas.none"), t("personas.noneText"), create())),
    columns: [
      { label: t("name"), cell: (one) => h("div.row", {}, h("span.name", {}, one.name), !one.isEnabled && h("span.tag", {}, t("personas.disabled"))) },
      { label: t("personas.type"), cell: (one) => t(`stepRole.${one.type}`) },
      { label: t("agent"), cell: (one) => h("span.break", {}, one.agent ?? t("step.inherited")) },
      { label: t("model"), cell: (one) => h("span.break", {}, one.model ?? t("step.inherited")) },
      { label: t("changed"), cell: (one) => ago(one.updatedAt) },
      { label: t("actions"), class: "actions", cell: (one) => write && [
        h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: one.name }), onclick: () => open(one) }, t("edit")),
        menu({ label: t("moreFor", { name: one.name }), items: [{ label: t("delete"), bad: true, act: () => drop(one) }] })] },
    ],
  });
  root.replaceChildren(pageHead(t("personas.title"), t("personas.about"), create()),
    h("div.filters", { role: "search" }, field({ name: "q", label: t("search"), type: "search", value: filter.q, wide: true, oninput: (event) => typed(event.target.value) }).node,
      field({ name: "type", label: t("personas.type"), type: "select", value: filter.type, options: [["", t("all")], ...ROLES.map((role) => [role, t(`stepRole.${role}`)])],
        onchange: (event) => { filter.type = event.target.value; reload(); } }).node), rows.node);
  await rows.load();
}
