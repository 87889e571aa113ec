/* The runs: filter, watch, open. */
import { h, icon } from "../dom.js";
import { all, get, poll } from "../api.js";
import { duration, money, t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { field } from "../ui/form.js";
import { list, pageHead } from "../ui/list.js";
import { empty } from "../ui/states.js";
import { isOver, RUN_STATES, seconds, statusTag } from "../ui/status.js";

const SOURCES = ["workflow", "scheduled", "sprint", "issue"];
const dayStart = (day) => (day ? new Date(`${day}T00:00:00`).toISOString().replace(/\.\d+Z$/, "Z") : "");
function dayEnd(day) {
  if (!day) return "";
  const next = new Date(`${day}T00:00:00`);
  next.setDate(next.getDate() + 1);
  return next.toISOString().replace(/\.\d+Z$/, "Z");
}

export default async function runs({ root, query, signal }) {
  const names = ["status", "workflowId", "source", "from", "to", "q"];
  const filter = Object.fromEntries(names.map((name) => [name, query.get(name) ?? ""]));
  const asked = () => ({ ...filter, from: dayStart(filter.from), to: dayEnd(filter.to) });
  const workflows = can("workflows:read") ? await all("/workflows") : [];
  const change = (event) => { filter[event.target.name] = event.target.value; setQuery(filter); rows.rows = []; rows.load(); };
  const start = async () => (await import("./start-run.js")).default({ workflowId: filter.workflowId || undefined });
  const button = () => can("runs:write") && h("button.btn.primary", { type: "button", onclick: start }, icon("play"), t("runs.start"));
  const select = (name, label, options) => field({ name, label, type: "select", value: filter[name], options: [["", t("all")], ...options], onchange: change }).node;
  const day = (name, label) => field({ name, label, type: "date", value: filter[name], onchange: change }).node;

  const rows = list({
    signal, caption: t("runs.title"),
    page: (cursor) => get("/runs", { ...asked(), cursor }, { signal }),
    none: () => (Object.values(filter).some(Boolean) ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("runs.none"), t("runs.noneText"), button())),
    columns: [
      { label: t("run"), cell: (run) => h("div", {}, h("a.name", { href: `#/runs/${run.id}` }, `#${run.runNumber} ${run.name}`),
        !isOver(run) && run.currentStepLabel && h("div.small.soft.break", {}, run.currentStepLabel)) },
      { label: t("status"), cell: (run) => h("div.row", {}, statusTag(run.status), run.mode === "test" && h("span.tag", {}, t("mode.test"))) },
      { label: t("workflow"), cell: (run) => h("span.break", {}, run.workflow?.name ?? "–") },
      { label: t("runs.started"), cell: (run) => (run.startedAt ? ago(run.startedAt) : ago(run.createdAt)) },
      { label: t("runs.duration"), class: "right num", cell: (run) => h("span.nowrap", {}, duration(seconds(run))) },
      { label: t("cost"), class: "right num", cell: (run) => money(run.costUsd) },
    ],
  });
  root.replaceChildren(pageHead(t("runs.title"), t("runs.about"), button()),
    h("div.filters", { role: "search" }, select("status", t("status"), RUN_STATES.map((one) => [one, t(`status.${one}`)])),
      select("workflowId", t("workflow"), workflows.map((one) => [one.id, one.name])),
      select("source", t("runs.source"), SOURCES.map((one) => [one, t(`source.${one}`)])), day("from", t("from")), day("to", t("until"))),
    rows.node);
  await rows.load();

  /* What is shown stays true: new runs appear, states change; often while something happens, seldom otherwise. */
  poll(async () => {
    if (root.querySelector(":popover-open") || rows.rows.length === 0) return false;
    const { data } = await get("/runs", { ...asked(), limit: 100 }, { signal });
    const known = new Map(rows.rows.map((run) => [run.id, run]));
    let news = false;
    if (data.some((run) => !known.has(run.id) && run.createdAt >= rows.rows[0].createdAt && !rows.rows.some((old) => old.id === run.id)) && data[0]?.id !== rows.rows[0]?.id) {
      await rows.load();
      return true;
    }
    for (const run of data) {
      const old = known.get(run.id);
      if (!old) continue;
      if (old.updatedAt !== run.updatedAt || old.status !== run.status) news = true;
      if (news || !isOver(run)) rows.update(run);
    }
    return news;
  }, { least: 3, most: 30, signal });
}
