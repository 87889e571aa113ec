/* Start a run: of a workflow, or from an issue. */
import { h } from "../dom.js";
import { all, post } from "../api.js";
import { t } from "../i18n/index.js";
import { go } from "../router.js";
import { bodies } from "../table.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { findingsView } from "../ui/findings.js";
import { attempt } from "../ui/states.js";

/* A button that asks what would come of the wish, and where the answer is said; what is changed makes it void. */
function checking(form, wish) {
  const trouble = h("div", {});
  const answer = h("div", { role: "status" });
  const act = async () => {
    const { workflowId, ...rest } = wish();
    return (await post(`/workflows/${workflowId}/run-dry`, rest)).data;
  };
  const button = h("button.btn", { type: "button", onclick: async () => {
    if (button.getAttribute("aria-busy") || !form.check()) return;
    answer.replaceChildren();
    const done = await attempt({ button, trouble, form, act });
    if (done) answer.replaceChildren(findingsView(done.value));
  } }, t("runs.check"));
  form.nodes.forEach((node) => node.addEventListener("input", () => answer.replaceChildren()));
  return { button, result: h("div", {}, trouble, answer) };
}

/* `preset` may hold workflowId, name, prompt, issueId. Goes to the run, or the candidates, when that was started. */
export default async function startRun(preset = {}) {
  const workflows = (await all("/workflows")).filter((workflow) => workflow.status !== "archived");
  if (workflows.length === 0) {
    await openDialog({ title: t("runs.start"), body: [h("p", {}, t("runs.noWorkflow"))] });
    return;
  }
  const chosen = workflows.find((one) => one.id === preset.workflowId) ?? workflows[0];
  const form = await tableForm({ group: "runs", fields: bodies["runs.start"],
    only: ["workflowId", "prompt", "name", "candidates", "branchName", "baseBranch", "draft"],
    refine: {
      workflowId: { value: chosen.id, options: workflows.map((one) => [one.id, one.name]), autofocus: false },
      prompt: { value: preset.prompt, autofocus: true },
      name: { value: preset.name, nullable: true },
    } });
  const [workflow, prompt, name, candidates, branch, base, draft] = form.nodes;
  const wish = () => Object.fromEntries(Object.entries({ ...form.values, issueId: preset.issueId })
    .filter(([, value]) => value != null && value !== ""));
  const { button, result } = checking(form, wish);
  const run = await openDialog({ title: preset.issueId ? t("runs.startIssue") : t("runs.start"), form,
    body: [workflow, prompt, h("div.grid2", {}, name, candidates, branch, base, draft), result],
    saveLabel: t("runs.start"),
    also: button,
    save: async () => (await post("/runs", wish())).data });
  if (run) go(run.candidateGroupId ? `/candidates/${run.candidateGroupId}` : `/runs/${run.id}`);
}
