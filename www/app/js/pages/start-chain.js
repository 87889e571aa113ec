/* Start a chain: a workflow several times, or once for each of some issues. */
import { h } from "../dom.js";
import { all, post } from "../api.js";
import { t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { bodies } from "../table.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { orderField } from "../ui/order.js";
import { optionsOf } from "../ui/words.js";

const FIELDS = bodies["chains.create"];

/* `preset` may hold issueIds. Goes to the chain when it was started, and answers it. */
export default async function startChain(preset = {}) {
  const [flows, issues] = await Promise.all([all("/workflows"), can("issues:read") ? all("/issues") : []]);
  const workflows = flows.filter((one) => one.status !== "archived");
  if (workflows.length === 0) return openDialog({ title: t("chains.new"), body: [h("p", {}, t("runs.noWorkflow"))] });
  const chosen = preset.issueIds ?? [];
  const sources = optionsOf("chains", "source", FIELDS.source).filter(([one]) => one === "sprint" || issues.length);
  const order = orderField({ name: "issueIds", label: t("field.chains.issueIds"), addLabel: t("chains.addIssue"),
    most: FIELDS.issueIds.max, required: true, chosen,
      options: issues.filter((one) => ["new", "failed"].includes(one.status) ||
      chosen.includes(one.id)).map((one) => [one.id, one.title]) });
  const form = await tableForm({ group: "chains", fields: FIELDS,
    only: ["name", "source", "workflowId", "runCount", "issueIds", "prompt"], refine: {
      source: { options: sources, value: chosen.length ? "issue" : "sprint", onchange: () => show() },
      workflowId: { options: workflows.map((one) => [one.id, one.name]) },
      runCount: { required: true, nullable: false, value: 3 },
      issueIds: () => order,
      prompt: { hint: " " },
    } });
  const [source, count, prompt] = ["source", "runCount", "prompt"].map(form.get);
  function show() {
    const sprint = source.value === "sprint";
    count.node.hidden = !sprint;
    order.node.hidden = sprint;
    prompt.node.querySelector(".hint").textContent = t(sprint ? "chains.promptSprint" : "chains.promptIssue");
  }
  show();
  const [name, kind, workflow] = form.nodes;
  const chain = await openDialog({ title: t("chains.new"), wide: true, form, saveLabel: t("chains.start"),
    body: [name, h("div.grid2", {}, kind, workflow, count.node), order.node, prompt.node],
    save: async () => {
      const { runCount, issueIds, ...body } = form.values;
      return (await post("/chains", body.source === "sprint" ? { ...body, runCount } : { ...body, issueIds })).data;
    } });
  if (chain) go(`/chains/${chain.id}`);
  return chain;
}
