/* The workflows: search, open, start, duplicate, delete. */
import { h, icon, toast } from "../dom.js";
import { get, post, remove } from "../api.js";
import { t } from "../i18n/index.js";
import { go, setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { confirmDialog } from "../ui/dialog.js";
import { field } from "../ui/form.js";
import { later, list, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";
import { statusTag } from "../ui/status.js";

const STATES = ["active", "draft", "archived"];

export const deleteWorkflow = (workflow) => confirmDialog({ title: t("workflows.deleteTitle", { name: workflow.name }), text: t("workflows.deleteText"), label: t("delete"),
  act: () => remove(`/workflows/${workflow.id}`) });

export default async function workflows({ root, query, signal }) {
  const filter = { q: query.get("q") ?? "", status: query.get("status") ?? "" };
  const reload = () => { setQuery(filter); rows.rows = []; return rows.load(); };
  const typed = later((value) => { filter.q = value.trim(); reload(); });
  const start = async (workflow) => (await import("./start-run.js")).default({ workflowId: workflow.id });
  const duplicate = async (workflow) => {
    const copy = (await post(`/workflows/${workflow.id}/duplicate`)).data;
    toast(t("workflows.duplicated", { name: copy.name }));
    go(`/workflows/${copy.id}`);
  };
  const create = () => can("workflows:write") && h("a.btn.primary", { href: "#/workflows/new" }, icon("plus"), t("workflows.new"));

  const rows = list({
    signal, caption: t("workflows.title"),
    page: (cursor) => get("/workflows", { ...filter, cursor }, { signal }),
    none: () => (filter.q || filter.status ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("workflows.none"), t("workflows.noneText"), create())),
    columns: [
      { label: t("name"), cell: (one) => h("div", {}, h("a.name", { href: `#/workflows/${one.id}` }, one.name), one.description && h("div.small.soft.break.clip", {}, one.description)) },
      { label: t("status"), cell: (one) => statusTag(one.status) },
      { label: t("workflows.steps"), class: "num", cell: (one) => t("workflows.stepCount", { n: one.stepCount }) },
      { label: t("changed"), cell: (one) => ago(one.updatedAt) },
      { label: t("actions"), class: "actions", cell: (one) => [
        can("runs:write") && one.status !== "archived" && h("button.btn.small", { type: "button", "aria-label": t("workflows.runNamed", { name: one.name }), onclick: () => start(one) }, icon("play"), t("workflows.run")),
        can("workflows:write") && menu({ label: t("moreFor", { name: one.name }), items: [
          { label: t("edit"), act: () => go(`/workflows/${one.id}`) },
          { label: t("duplicate"), act: () => duplicate(one) },
          { label: t("delete"), bad: true, act: async () => { if (await deleteWorkflow(one)) { rows.drop(one.id); toast(t("deleted")); } } },
        ] })] },
    ],
  });
  root.replaceChildren(pageHead(t("workflows.title"), t("workflows.about"), create()),
    h("div.filters", { role: "search" },
      field({ name: "q", label: t("search"), type: "search", value: filter.q, wide: true, oninput: (event) => typed(event.target.value) }).node,
      field({ name: "status", label: t("status"), type: "select", value: filter.status, options: [["", t("all")], ...STATES.map((state) => [state, t(`status.${state}`)])],
        onchange: (event) => { filter.status = event.target.value; reload(); } }).node),
    rows.node);
  await rows.load();
}
