/* The chains: runs that follow one another. */
import { h, icon, toast } from "../dom.js";
import { all, get, poll, post, remove } from "../api.js";
import { t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { confirmDialog } from "../ui/dialog.js";
import { field } from "../ui/form.js";
import { later, list, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";
import { statusTag } from "../ui/status.js";

const STATES = ["running", "completed", "failed", "cancelled"];
const KINDS = ["sprint", "issue"];

/* Why it failed. The service says it in English; what it usually says we say in the person's language. */
const REASONS = { failed: /^Run (\d+) failed\.$/, cancelled: /^Run (\d+) was cancelled\.$/, deleted: /^Its run was deleted\.$/ };

export function whyFailed({ error }) {
  const reason = Object.keys(REASONS).find((one) => REASONS[one].test(error));
  return reason ? h("span", {}, t(`chains.error.${reason}`, { n: REASONS[reason].exec(error)[1] })) : h("span", { lang: "en" }, error);
}

/* How far it is, as a bar and in words. */
export const progress = (chain) => h("div.progress", {},
  h("progress", { value: chain.completedCount, max: chain.runCount, "aria-label": t("chains.progress") }), h("span.small.nowrap.num", {}, t("chains.done", { n: chain.completedCount, of: chain.runCount })));

/* Each answers the chain as it is then, or nothing when the person thought better of it. */
export const resumeChain = async (chain) => (await post(`/chains/${chain.id}/resume`)).data;
export async function cancelChain(chain) {
  let fresh;
  await confirmDialog({ title: t("chains.cancelTitle", { name: chain.name }), text: t("chains.cancelText"), label: t("chains.cancel"), cancelLabel: t("keepOn"), act: async () => { fresh = (await post(`/chains/${chain.id}/cancel`)).data; } });
  return fresh;
}
export const deleteChain = (chain) => confirmDialog({ title: t("chains.deleteTitle", { name: chain.name }), text: t("chains.deleteText"), label: t("delete"), act: () => remove(`/chains/${chain.id}`) });

export default async function chains({ root, query, signal }) {
  const filter = Object.fromEntries(["q", "status", "source"].map((name) => [name, query.get(name) ?? ""]));
  const workflows = new Map((can("workflows:read") ? await all("/workflows") : []).map((one) => [one.id, one.name]));
  const reload = () => { setQuery(filter); rows.rows = []; return rows.load(); };
  const typed = later((value) => { filter.q = value.trim(); reload(); });
  const choice = (name, label, options) => field({ name, label, type: "select", value: filter[name], options: [["", t("all")], ...options], onchange: (event) => { filter[name] = event.target.value; reload(); } }).node;
  const start = async () => (await import("./start-chain.js")).default();
  const create = () => can("runs:write") && h("button.btn.primary", { type: "button", onclick: start }, icon("plus"), t("chains.new"));
  const steer = (act) => async (chain) => { const fresh = await act(chain); if (fresh) rows.update(fresh); };
  const [resume, cancel] = [steer(resumeChain), steer(cancelChain)];
  const drop = async (chain) => {
    if (await deleteChain(chain)) { rows.drop(chain.id); toast(t("deleted")); }
  };

  const rows = list({
    signal, caption: t("chains.title"),
    page: (cursor) => get("/chains", { ...filter, cursor }, { signal }),
    none: () => (Object.values(filter).some(Boolean) ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("chains.none"), t("chains.noneText"), create())),
    columns: [
      { label: t("name"), cell: (one) => h("div", {}, h("a.name", { href: `#/chains/${one.id}` }, one.name), h("div.small.soft.break", {}, workflows.get(one.workflowId))) },
      { label: t("chains.kind"), cell: (one) => t(`source.${one.source}`) },
      { label: t("status"), cell: (one) => h("div", {}, h("div.row", {}, statusTag(one.status), one.mode === "test" && h("span.tag", {}, t("mode.test"))), one.error && h("div.small.soft.break", {}, whyFailed(one))) },
      { label: t("chains.progress"), cell: progress },
      { label: t("created"), cell: (one) => ago(one.createdAt) },
      { label: t("actions"), class: "actions", cell: (one) => [
        can("runs:write") && one.status === "failed" && h("button.btn.small", { type: "button", "aria-label": t("chains.resumeNamed", { name: one.name }), onclick: () => resume(one) }, icon("play"), t("run.resume")),
        can("runs:cancel") && one.status === "running" && h("button.btn.small.quiet", { type: "button", "aria-label": t("chains.cancelNamed", { name: one.name }), onclick: () => cancel(one) }, t("cancel")),
        can("runs:write") && one.status !== "running" && menu({ label: t("moreFor", { name: one.name }), items: [{ label: t("delete"), bad: true, act: () => drop(one) }] })] },
    ],
  });
  root.replaceChildren(pageHead(t("chains.title"), t("chains.about"), create()),
    h("div.filters", { role: "search" }, field({ name: "q", label: t("search"), type: "search", value: filter.q, wide: true, oninput: (event) => typed(event.target.value) }).node,
      choice("status", t("status"), STATES.map((one) => [one, t(`status.${one}`)])), choice("source", t("chains.kind"), KINDS.map((one) => [one, t(`chains.kind.${one}`)]))),
    rows.node);
  await rows.load();

  poll(async () => {
    if (root.querySelector(":popover-open") || !rows.rows.some((one) => one.status === "running")) return false;
    const { data } = await get("/chains", { ...filter, limit: 100 }, { signal });
    const old = new Map(rows.rows.map((one) => [one.id, one]));
    const news = data.filter((one) => old.has(one.id) && JSON.stringify(old.get(one.id)) !== JSON.stringify({ ...old.get(one.id), ...one }));
    news.forEach(rows.update);
    return news.length > 0;
  }, { least: 3, most: 30, signal });
}
