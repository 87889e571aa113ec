/* The runs: filter, watch, open. */
import { h, icon } from "../dom.js";
import { all, get, poll } from "../api.js";
import { dayEdge, duration, money, t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { resources } from "../table.js";
import { list, pageHead } from "../ui/list.js";
import { filters, nothing } from "../ui/resource.js";
import { isOver, seconds, statusTag } from "../ui/status.js";
import { optionsOf } from "../ui/words.js";

export default async function runs({ root, query, signal }) {
  const workflows = can("workflows:read") ? await all("/workflows") : [];
  const { fields } = resources.run;
  const filter = filters({ query, changed: () => { rows.rows = []; return rows.load(); }, fields: [
    { name: "status", label: t("field.status"), options: optionsOf("runs", "status", fields.status) },
    { name: "workflowId", label: t("field.workflowId"), options: workflows.map((one) => [one.id, one.name]) },
    { name: "source", label: t("field.source"), options: optionsOf("runs", "source", fields.source) },
    { name: "from", label: t("from"), type: "date" }, { name: "to", label: t("until"), type: "date" },
  ] });
  const asked = () => ({ ...filter.values, from: dayEdge(filter.values.from), to: dayEdge(filter.values.to, 1) });
  const start = async () => (await import("./start-run.js")).default({ workflowId: filter.values.workflowId ||
    undefined });
  const button = () => can("runs:write") &&
    h("button.btn.primary", { type: "button", onclick: start }, icon("play"), t("runs.start"));

  const rows = list({
    signal, caption: t("runs.title"),
    page: (cursor) => get("/runs", { ...asked(), cursor }, { signal }),
    none: () => nothing("runs", filter.any, button()),
    columns: [
      { label: t("run"), cell: (run) => h("div", {}, h("a.name", { href: `#/runs/${run.id}` },
        `#${run.runNumber} ${run.name}`),
        !isOver(run) && run.currentStepLabel && h("div.small.soft.break", {}, run.currentStepLabel)) },
      { label: t("field.status"), cell: (run) => h("div.row", {}, statusTag(run.status),
        run.mode === "test" && h("span.tag", {}, t("mode.test"))) },
      { label: t("field.workflowId"), cell: (run) => h("span.break", {}, run.workflow?.name ?? "–") },
      { label: t("runs.started"), cell: (run) => (run.startedAt ? ago(run.startedAt) : ago(run.createdAt)) },
      { label: t("runs.duration"), class: "right num", cell: (run) => h("span.nowrap", {}, duration(seconds(run))) },
      { label: t("cost"), class: "right num", cell: (run) => money(run.costUsd) },
    ],
  });
  root.replaceChildren(pageHead(t("runs.title"), t("runs.about"), button()), filter.node, rows.node);
  await rows.load();

  /* What is shown stays true: new runs appear, states change; often while something happens, seldom otherwise. */
  poll(async () => {
    if (root.querySelector(":popover-open") || rows.rows.length === 0) return false;
    const { data } = await get("/runs", { ...asked(), limit: 100 }, { signal });
    const known = new Map(rows.rows.map((run) => [run.id, run]));
    let news = false;
    if (data.some((run) => !known.has(run.id) && run.createdAt >= rows.rows[0].createdAt &&
      !rows.rows.some((old) => old.id === run.id)) && data[0]?.id !== rows.rows[0]?.id) {
        await rows.load();
        return true;
      }
    for (const run of data) {
      const old = known.get(run.id);
      if (!old) continue;
      if (old.updatedAt !== run.updatedAt || old.status !== run.status) news = true;
      if (news || !isOver(run)) rows.update(run);
    }
    return news;
  }, { least: 3, most: 30, signal });
}
