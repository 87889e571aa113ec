/* The runs: filter, watch, open. */
import { h, icon } from "../dom.js";
import { all } from "../api.js";
import { dayEdge, duration, money, t } from "../i18n/index.js";
import { here } from "../router.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago } from "../ui/bits.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { selection } from "../ui/select.js";
import { isOver, seconds, statusCell } from "../ui/status.js";
import { optionsOf } from "../ui/words.js";

const start = async () =>
  (await import("./start-run.js")).default({ workflowId: here().query.get("workflowId") ?? undefined });

export default async function runs(place) {
  const workflows = can("workflows:read") ? await all("/workflows") : [];
  const { path, fields } = resources.run;
  const pick = can("runs:write") && selection({ path, may: isOver, nameOf: (run) => `#${run.runNumber} ${run.name}` });
  const columns = [
    { label: t("run"), cell: (run) => h("div", {},
      h("a.name", { href: `#/runs/${run.id}` }, `#${run.runNumber} ${run.name}`),
      !isOver(run) && run.currentStepLabel && h("div.small.soft.break", {}, run.currentStepLabel)) },
    { label: t("field.status"), cell: statusCell },
    { label: t("field.workflowId"), cell: (run) => h("span.break", {}, run.workflow?.name ?? "–") },
    { label: t("runs.started"), cell: (run) => ago(run.startedAt ?? run.createdAt) },
    { label: t("runs.duration"), class: "right num", cell: (run) => h("span.nowrap", {}, duration(seconds(run))) },
    { label: t("cost"), class: "right num", cell: (run) => money(run.costUsd) },
  ];
  const rows = listPage(place, {
    group: "runs", path, columns: pick ? pick.columns(columns) : columns,
    filter: filters(place.query, { fields: [
      { name: "status", label: t("field.status"), options: optionsOf("runs", "status", fields.status) },
      { name: "workflowId", label: t("field.workflowId"), options: workflows.map((one) => [one.id, one.name]) },
      { name: "source", label: t("field.source"), options: optionsOf("runs", "source", fields.source) },
      { name: "from", label: t("from"), type: "date" }, { name: "to", label: t("until"), type: "date" },
    ] }),
    asked: (values) => ({ ...values, from: dayEdge(values.from), to: dayEdge(values.to, 1) }),
    create: () => can("runs:write") &&
      h("button.btn.primary", { type: "button", onclick: start }, icon("play"), t("runs.start")),
    /* New runs appear, states change; often while something happens, seldom otherwise. */
    pace: { live: (run) => !isOver(run), least: 3, most: 30 },
  });
  if (pick) pick.follow(rows);
  await rows.load();
}
