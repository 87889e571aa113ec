/* Start a chain: a workflow several times, or once for each of some issues. */
import { h } from "../dom.js";
import { all, post } from "../api.js";
import { t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";
import { orderField } from "../ui/order.js";

const MOST = 100;

/* `preset` may hold issueIds. Goes to the chain when it was started, and answers it. */
export default async function startChain(preset = {}) {
  const [flows, issues] = await Promise.all([all("/workflows"), can("issues:read") ? all("/issues") : []]);
  const workflows = flows.filter((one) => one.status !== "archived");
  if (workflows.length === 0) return openDialog({ title: t("chains.new"), body: [h("p", {}, t("runs.noWorkflow"))] });
  const chosen = preset.issueIds ?? [];
  const source = field({ name: "source", label: t("chains.kind"), type: "select", value: chosen.length ? "issue" : "sprint", onchange: show,
    options: ["sprint", ...(issues.length ? ["issue"] : [])].map((one) => [one, t(`chains.kind.${one}`)]) });
  const count = field({ name: "runCount", label: t("chains.count"), type: "number", required: true, min: 1, max: MOST, value: 3 });
  const order = orderField({ name: "issueIds", label: t("chains.issues"), addLabel: t("chains.addIssue"), most: MOST, chosen,
    options: issues.filter((one) => ["new", "failed"].includes(one.status) || chosen.includes(one.id)).map((one) => [one.id, one.title]) });
  const prompt = field({ name: "prompt", label: t("runs.prompt"), hint: " ", type: "area", rows: 4, nullable: true, max: 50000 });
  const form = makeForm([
    field({ name: "name", label: t("name"), hint: t("chains.nameHint"), required: true, max: 180, autofocus: true }), source,
    field({ name: "workflowId", label: t("workflow"), type: "select", value: workflows[0].id, options: workflows.map((one) => [one.id, one.name]) }), count, order, prompt,
  ]);
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
