/* One chain: how far it is, and its runs in their order. */
import { h, icon, needStyle, toast } from "../dom.js";
import { all, get, poll } from "../api.js";
import { dateTime, duration, money, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { pageHead, table } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { errorNotice } from "../ui/states.js";
import { allows, seconds, statusTag } from "../ui/status.js";
import { cancelChain, deleteChain, progress, resumeChain } from "./chains.js";

/* The chain's runs by their place, each place's newest last. The place ends the name of a run: "Sprint 12 (2/5)". */
async function runsOf(chain, signal) {
  if (!can("runs:read")) return [];
  const found = await all("/runs", { chainId: chain.id });
  if (signal.aborted) return [];
  const places = Array.from({ length: chain.runCount }, () => []);
  for (const run of found) {
    const [, at] = /\((\d+)\/\d+\)$/.exec(run.name) ?? [];
    places[at - 1]?.unshift(run);
  }
  return places;
}

export default async function chainPage({ root, id, signal }) {
  let { data: chain } = await get(`/chains/${id}`, {}, { signal });
  const [workflows, issues] = await Promise.all([can("workflows:read") ? all("/workflows") : [],
    chain.issueIds && can("issues:read") ? all("/issues") : [], needStyle("work.css")]);
  const workflow = workflows.find((one) => one.id === chain.workflowId);
  const titles = new Map(issues.map((one) => [one.id, one.title]));
  let places = await runsOf(chain, signal);
  const head = h("div", {});
  const trouble = h("div", { "aria-live": "polite" });
  const facts = h("section.card.stack", {});
  const runs = h("section.card.flush", {});

  const act = (what) => async () => {
    trouble.replaceChildren();
    try {
      const fresh = await what(chain);
      if (fresh) chain = { ...chain, ...fresh };
      draw();
      await refresh();
    } catch (error) {
      trouble.replaceChildren(errorNotice(error));
    }
  };
  const erase = async () => {
    if (await deleteChain(chain)) { toast(t("deleted")); go("/chains"); }
  };
  const actions = () => [
    can("runs:write") && allows("chain", chain, "chains.resume") &&
      h("button.btn.primary", { type: "button", onclick: act(resumeChain) }, icon("play"), t("run.resume")),
    can("runs:cancel") && chain.status === "running" &&
      h("button.btn.danger-quiet", { type: "button", onclick: act(cancelChain) }, t("chains.cancel")),
    can("runs:write") && chain.status !== "running" &&
      menu({ label: t("moreFor", { name: chain.name }), items: [{ label: t("delete"), bad: true, act: erase }] }),
  ].filter(Boolean);

  function draw() {
    const had = head.contains(document.activeElement);
    const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    head.replaceChildren(pageHead(chain.name, null, ...actions()));
    if (had) (head.querySelector("button") ?? head.querySelector("h1")).focus();
    facts.replaceChildren(...[
      progress(chain),
      h("dl.facts", {}, fact(t("field.status"), h("div.row", {}, statusTag(chain.status))),
        fact(t("field.chains.source"), t(`chains.source.${chain.source}`)),
        fact(t("field.workflowId"), workflow ? h("a", { href: `#/workflows/${workflow.id}` }, workflow.name) : "–"),
          fact(t("field.mode"), t(`mode.${chain.mode}`)),
        fact(t("field.createdAt"), dateTime(chain.createdAt)), fact(t("field.updatedAt"), dateTime(chain.updatedAt))),
      chain.error && h("div.notice.bad", {}, h("strong", {}, t("chains.stopped")), h("p", {}, reasonOf(chain)),
        h("p", {}, t("chains.stoppedTodo"))),
      chain.prompt && h("details", {}, h("summary", {}, t("field.prompt")), h("p.pre.details-body", {}, chain.prompt)),
    ].filter(Boolean));
    drawRuns();
  }

  /* A line for each place; those it has not come to yet say so. */
  function drawRuns() {
    const rows = Array.from({ length: chain.runCount },
      (_, at) => ({ id: String(at + 1), tries: places[at] ?? [], run: places[at]?.at(-1),
        issue: chain.issueIds?.[at] }));
    const named = (row) => [`${row.id}. `, row.issue ? titles.get(row.issue) ?? row.issue : t("run")];
    runs.replaceChildren(table({ caption: t("chains.runs"), rows, rowClass: (row) => (row.run ? null : "off"),
      columns: [
        { label: t(chain.issueIds ? "chains.issue" : "run"), cell: (row) => h("span.name", {}, named(row)) },
        { label: t("chains.runs"), cell: (row) => row.run &&
          h("div.row", {}, row.tries.map((run) => h("a", { href: `#/runs/${run.id}` }, `#${run.runNumber}`))) },
        { label: t("field.status"), cell: (row) => (row.run ? statusTag(row.run.status)
          : h("span.soft", {}, t(chain.status === "running" || chain.status === "failed" ? "chains.waiting"
            : "chains.left"))) },
        { label: t("runs.duration"), class: "right num", cell: (row) => row.run && duration(seconds(row.run)) },
        { label: t("cost"), class: "right num",
          cell: (row) => row.run && money(row.tries.reduce((sum, run) => sum + run.costUsd, 0)) },
      ] }));
  }

  async function refresh() {
    const before = JSON.stringify([chain, places]);
    chain = (await get(`/chains/${id}`, {}, { signal })).data;
    places = await runsOf(chain, signal);
    if (JSON.stringify([chain, places]) === before) return false;
    draw();
    return true;
  }

  draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/chains" }, `← ${t("chains.title")}`)), head, trouble, facts,
    h("h2", {}, t("chains.runs")), runs);
  poll(async () => (root.querySelector(":popover-open") || chain.status !== "running" ? false : refresh()),
    { least: 2, most: 20, signal });
}
