/* Start a run: of a workflow, or from an issue. */
import { h } from "../dom.js";
import { all, post } from "../api.js";
import { t } from "../i18n/index.js";
import { go } from "../router.js";
import { bodies } from "../table.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";

/* `preset` may hold workflowId, name, prompt, issueId. Goes to the run when it was started. */
export default async function startRun(preset = {}) {
  const workflows = (await all("/workflows")).filter((workflow) => workflow.status !== "archived");
  if (workflows.length === 0) {
    await openDialog({ title: t("runs.start"), body: [h("p", {}, t("runs.noWorkflow"))] });
    return;
  }
  const chosen = workflows.find((one) => one.id === preset.workflowId) ?? workflows[0];
  const form = await tableForm({ group: "runs", fields: bodies["runs.start"],
    only: ["workflowId", "prompt", "name", "branchName"],
    refine: {
      workflowId: { value: chosen.id, options: workflows.map((one) => [one.id, one.name]), autofocus: false },
      prompt: { value: preset.prompt, autofocus: true },
      name: { value: preset.name, nullable: true },
    } });
  const [workflow, prompt, name, branch] = form.nodes;
  const run = await openDialog({ title: preset.issueId ? t("runs.startIssue") : t("runs.start"), form,
    body: [workflow, prompt, h("div.grid2", {}, name, branch)], saveLabel: t("runs.start"),
    save: async () => {
      const body = Object.fromEntries(Object.entries({ ...form.values, issueId: preset.issueId }).filter(([, value]) =>
        value != null && value !== ""));
      return (await post("/runs", body)).data;
    } });
  if (run) go(`/runs/${run.id}`);
}
