/* One workflow: its name and its steps. */
import { h, icon, needStyle, toast } from "../dom.js";
import { all, get, patch, post } from "../api.js";
import { t } from "../i18n/index.js";
import { go, leave, mayLeave } from "../router.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { confirmDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { makeForm, pageForm } from "../ui/form.js";
import { pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { BLANK_STEP, stepEditor } from "../ui/steps.js";
import { deleteDialog } from "../ui/resource.js";
import { text, versionsDialog } from "../ui/versions.js";
import { choiceOf } from "../ui/words.js";

const NEW = { data: { steps: [BLANK_STEP] }, etag: null };

/* A version, as it was. */
const said = ({ name, description, githubRepoUrl, steps }) => [h("p.name.break", {}, name),
  description && h("p.break", {}, description), githubRepoUrl && h("code.break", {}, githubRepoUrl),
  ...steps.map(({ label, role, instructions }, i) => {
    const title = `${i + 1}. ${label ?? choiceOf("steps", "role", role)}`;
    return [h("p.small.soft.break", {}, title), instructions && text(title, instructions)];
  })];

/* Going back shows the page anew: what was not saved would not fit to it any more. */
async function versions(place, row, write) {
  if (!(await mayLeave())) return;
  let fresh = false;
  await versionsDialog({ path: `/workflows/${row.id}`, row, write, said, changed: () => { fresh = true; } });
  if (!fresh) return;
  leave(null);
  await workflow(place);
}

export default async function workflow(place) {
  const { root, id, signal } = place;
  const [answer, personas] = await Promise.all([id ? get(`/workflows/${id}`, {}, { signal }) : NEW,
    can("personas:read") ? all("/personas") : [], needStyle("work.css")]);
  const { data } = answer;
  let { etag } = answer;
  const write = can("workflows:write");
  const dirty = () => leave(() => confirmDialog({ title: t("unsaved.title"), text: t("unsaved.text"),
    label: t("unsaved.leave") }));

  const steps = stepEditor({ steps: data.steps, personas, changed: dirty, readOnly: !write });
  const form = makeForm([
    ...(await tableForm({ ...resources.workflow, row: id ? data : undefined,
      refine: { steps: null, name: { autofocus: !id } } })).fields,
    steps,
  ]);
  const [name, description, status, repository] = form.nodes;
  const node = pageForm({
    form, disabled: !write, saveLabel: id ? t("save") : t("create"),
    body: [h("section.card.stack", {}, h("div.grid2", {}, name, status), description, repository), steps.node],
    save: (values) => (id ? patch(`/workflows/${id}`, values, { etag }) : post("/workflows", values)),
    done: (saved) => {
      leave(null);
      toast(t("saved"));
      if (!id) go(`/workflows/${saved.data.id}`);
      etag = saved.etag;
    },
    actions: h("a.btn.quiet", { href: "#/workflows" }, t("cancel")),
  });
  node.addEventListener("input", dirty);
  node.addEventListener("change", dirty);

  const start = async () => (await import("./start-run.js")).default({ workflowId: id });
  const actions = id ? [
    can("runs:read") && h("a.btn.quiet", { href: `#/runs?workflowId=${id}` }, t("workflows.itsRuns")),
    h("button.btn.quiet", { type: "button", onclick: () => versions(place, data, write) }, t("documents.versions")),
    can("runs:write") && data.status !== "archived" &&
      h("button.btn", { type: "button", onclick: start }, icon("play"), t("workflows.run")),
    write && menu({ label: t("moreFor", { name: data.name }), items: [
      { label: t("duplicate"),
        act: async () => go(`/workflows/${(await post(`/workflows/${id}/duplicate`)).data.id}`) },
      { label: t("delete"), bad: true, act: async () => { if (await deleteDialog("workflow", data)) { leave(null);
        go("/workflows"); } } }] }),
  ].filter(Boolean) : [];
  root.replaceChildren(h("p", {}, h("a", { href: "#/workflows" }, `← ${t("workflows.title")}`)),
    pageHead(id ? data.name : t("workflows.new"), null, ...actions), node);
  if (!id) name.querySelector("input").focus();
}
