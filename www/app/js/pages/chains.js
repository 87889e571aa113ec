/* The chains: runs that follow one another. */
import { h, icon, toast } from "../dom.js";
import { all, post } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { resources } from "../table-early.js";
import { confirmDialog } from "../ui/dialog.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { deleteDialog } from "../ui/resource.js";
import { allows, statusCell } from "../ui/status.js";
import { labelOf, optionsOf } from "../ui/words.js";

/* How far it is, as a bar and in words. */
export const progress = (chain) => h("div.progress", {},
  h("progress", { value: chain.completedCount, max: chain.runCount, "aria-label": t("chains.progress") }),
    h("span.small.nowrap.num", {}, t("chains.done", { n: chain.completedCount, of: chain.runCount })));

/* Each answers the chain as it is then, or nothing when the person thought better of it. */
export const resumeChain = async (chain) => (await post(`/chains/${chain.id}/resume`)).data;
export async function cancelChain(chain) {
  let fresh;
  await confirmDialog({ title: t("chains.cancelTitle", { name: chain.name }), text: t("chains.cancelText"),
    label: t("chains.cancel"), cancelLabel: t("keepOn"),
    act: async () => { fresh = (await post(`/chains/${chain.id}/cancel`)).data; } });
  return fresh;
}
export const deleteChain = (chain) => deleteDialog("chain", chain);

export default async function chains(place) {
  const { path, fields } = resources.chain;
  const workflows = new Map((can("workflows:read") ? await all("/workflows") : []).map((one) => [one.id, one.name]));
  const start = async () => (await import("./start-chain.js")).default();
  const steer = (act) => async (chain) => { const fresh = await act(chain); if (fresh) rows.update(fresh); };
  const [resume, cancel] = [steer(resumeChain), steer(cancelChain)];
  const drop = async (chain) => {
    if (await deleteChain(chain)) { rows.drop(chain.id); toast(t("deleted")); }
  };
  const actions = (one) => [
    can("runs:write") && allows("chain", one, "chains.resume") && h("button.btn.small", { type: "button",
      onclick: () => resume(one), "aria-label": t("chains.resumeNamed", { name: one.name }) },
      icon("play"), t("run.resume")),
    can("runs:cancel") && one.status === "running" && h("button.btn.small.quiet", { type: "button",
      "aria-label": t("chains.cancelNamed", { name: one.name }), onclick: () => cancel(one) }, t("cancel")),
    can("runs:write") && one.status !== "running" && menu({ label: t("moreFor", { name: one.name }),
      items: [{ label: t("delete"), bad: true, act: () => drop(one) }] })];
  const rows = listPage(place, {
    group: "chains", path,
    filter: filters(place.query, { search: true, fields: ["status", "source"].map((name) =>
      ({ name, label: labelOf("chains", name), options: optionsOf("chains", name, fields[name]) })) }),
    create: () => can("runs:write") &&
      h("button.btn.primary", { type: "button", onclick: start }, icon("plus"), t("chains.new")),
    pace: { worth: (shown) => shown.some((one) => one.status === "running"), least: 3, most: 30 },
    columns: [
      { label: t("field.name"), cell: (one) => h("div", {}, h("a.name", { href: `#/chains/${one.id}` }, one.name),
        h("div.small.soft.break", {}, workflows.get(one.workflowId))) },
      { label: t("field.chains.source"), cell: (one) => t(`source.${one.source}`) },
      { label: t("field.status"), cell: (one) => h("div", {}, statusCell(one),
        one.error && h("div.small.soft.break", {}, reasonOf(one))) },
      { label: t("chains.progress"), cell: progress },
      { label: t("field.createdAt"), cell: (one) => ago(one.createdAt) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
