/* The workflows: search, open, start. */
import { h, icon } from "../dom.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { resourcePage } from "../ui/resource.js";
import { statusTag } from "../ui/status.js";

const start = async (workflow) => (await import("./start-run.js")).default({ workflowId: workflow.id });

export default (place) => resourcePage("workflow", place, {
  href: (row) => `#/workflows/${row?.id ?? "new"}`,
  below: (one) => one.description && h("div.small.soft.break.clip", {}, one.description),
  columns: [
    { label: t("field.status"), cell: (one) => statusTag(one.status) },
    { label: t("field.steps"), class: "num", cell: (one) => t("workflows.stepCount", { n: one.stepCount }) },
    { label: t("field.updatedAt"), cell: (one) => ago(one.updatedAt) },
  ],
  buttons: (one) => can("runs:write") && one.status !== "archived" && h("button.btn.small", { type: "button",
    "aria-label": t("workflows.runNamed", { name: one.name }), onclick: () => start(one) }, icon("play"),
      t("workflows.run")),
});
