/* The schedules: runs that start by the clock. */
import { h, icon, toast } from "../dom.js";
import { all, get, patch, poll, post, remove } from "../api.js";
import { date, dateTime, relative, t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";
import { later, list, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";

const FREQUENCIES = ["daily", "every_other_day", "weekly", "biweekly", "monthly"];
const two = (n) => String(n).padStart(2, "0");
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

function isZone(name) {
  try { return Boolean(Intl.DateTimeFormat("en", { timeZone: name })); } catch { return false; }
}

/* "Weekly on Monday at 06:30": the time is that of the schedule's own zone. */
function rhythm(one) {
  const time = date(Date.UTC(2000, 0, 1, one.hour, one.minute), { timeStyle: "short", timeZone: "UTC" });
  const dated = one.nextRunAt && ["weekly", "biweekly"].includes(one.frequency);
  return dated ? t(`schedules.every.${one.frequency}On`, { time, day: date(one.nextRunAt, { weekday: "long", timeZone: one.timeZone }) }) : t(`schedules.every.${one.frequency}`, { time });
}

/* Hour and minute are one field for people. */
function timeField(data) {
  const time = field({ name: "hour", label: t("schedules.time"), type: "time", required: true, value: `${two(data.hour)}:${two(data.minute)}` });
  return { ...time, get value() { return time.value.split(":").map(Number); } };
}

async function edit(row, workflows) {
  const { data = { frequency: "daily", hour: 6, minute: 0, timeZone: here(), workflowId: workflows[0]?.id }, etag } = row ? await get(`/schedules/${row.id}`) : {};
  if (workflows.length === 0) return openDialog({ title: t("schedules.new"), body: [h("p", {}, t("runs.noWorkflow"))] });
  const form = makeForm([
    field({ name: "name", label: t("name"), hint: t("schedules.nameHint"), value: data.name, required: true, max: 200, autofocus: true }),
    field({ name: "workflowId", label: t("workflow"), type: "select", value: data.workflowId, options: workflows.map((one) => [one.id, one.name]) }),
    field({ name: "frequency", label: t("schedules.frequency"), type: "select", value: data.frequency, options: FREQUENCIES.map((one) => [one, t(`frequency.${one}`)]) }),
    timeField(data),
    field({ name: "timeZone", label: t("schedules.zone"), value: data.timeZone, required: true, max: 64, suggestions: ["UTC", ...Intl.supportedValuesOf("timeZone")],
      check: (value) => (isZone(value.trim()) ? null : t("schedules.zoneWrong")) }),
    field({ name: "prompt", label: t("runs.prompt"), hint: t("runs.promptHint"), type: "area", rows: 5, value: data.prompt, nullable: true, max: 50000 }),
  ]);
  const [name, workflow, frequency, time, zone, prompt] = form.nodes;
  return openDialog({ title: row ? t("schedules.edit") : t("schedules.new"), wide: true, form, saveLabel: row ? t("save") : t("create"),
    body: [h("div.grid2", {}, name, workflow), h("div.grid3", {}, frequency, time, zone), h("p.soft.small", {}, t("schedules.firstRun")), prompt],
    save: async () => {
      const { hour: [hour, minute], ...values } = form.values;
      const body = { ...values, hour, minute };
      return row ? patch(`/schedules/${row.id}`, body, { etag }) : post("/schedules", body);
    } });
}

export default async function schedules({ root, query, signal }) {
  const filter = { q: query.get("q") ?? "", isEnabled: query.get("isEnabled") ?? "", workflowId: query.get("workflowId") ?? "" };
  const workflows = can("workflows:read") ? await all("/workflows") : [];
  const names = new Map(workflows.map((one) => [one.id, one.name]));
  const write = can("schedules:write");
  const reload = () => { setQuery(filter); rows.rows = []; return rows.load(); };
  const typed = later((value) => { filter.q = value.trim(); reload(); });
  const change = (event) => { filter[event.target.name] = event.target.value; reload(); };

  const open = async (row) => {
    const answer = await edit(row, workflows.filter((one) => one.status !== "archived" || one.id === row?.workflowId));
    if (!answer) return;
    toast(t("saved"));
    if (row) rows.update(answer.data); else await rows.load();
  };
  const turn = async (row) => {
    const { data } = await patch(`/schedules/${row.id}`, { isEnabled: !row.isEnabled });
    rows.update(data);
    toast(t(data.isEnabled ? "schedules.resumed" : "schedules.paused", { name: row.name }));
  };
  const start = async (row) => {
    const { data } = await get(`/schedules/${row.id}`);
    await (await import("./start-run.js")).default({ workflowId: data.workflowId, prompt: data.prompt, name: data.name });
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("schedules.deleteTitle", { name: row.name }), text: t("schedules.deleteText"), label: t("delete"), act: () => remove(`/schedules/${row.id}`) })) {
      rows.drop(row.id);
      toast(t("deleted"));
    }
  };
  const create = () => write && h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), t("schedules.new"));

  const rows = list({
    signal, caption: t("schedules.title"), rowClass: (one) => (one.isEnabled ? null : "off"),
    page: (cursor) => get("/schedules", { ...filter, cursor }, { signal }),
    none: () => (Object.values(filter).some(Boolean) ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("schedules.none"), t("schedules.noneText"), create())),
    columns: [
      { label: t("name"), cell: (one) => h("div", {}, h("div.row", {}, h("span.name", {}, one.name), !one.isEnabled && h("span.tag.warn", {}, t("schedules.off"))), h("div.small.soft.break", {}, names.get(one.workflowId))) },
      { label: t("schedules.when"), cell: (one) => h("div", {}, h("div", {}, rhythm(one)), h("div.small.soft.break", {}, one.timeZone)) },
      { label: t("schedules.next"), cell: (one) => (one.nextRunAt ? h("div", {}, h("time", { datetime: one.nextRunAt }, dateTime(one.nextRunAt)), h("div.small.soft", {}, relative(one.nextRunAt))) : "–") },
      { label: t("schedules.last"), cell: (one) => h("div", {}, one.lastRunId && can("runs:read") ? h("a", { href: `#/runs/${one.lastRunId}` }, ago(one.lastRunAt)) : ago(one.lastRunAt),
        one.lastError && h("div.small.bad-text.break", { lang: "en" }, one.lastError)) },
      { label: t("actions"), class: "actions", cell: (one) => write && [
        h("button.btn.small.quiet", { type: "button", "aria-label": t(one.isEnabled ? "schedules.pauseNamed" : "schedules.resumeNamed", { name: one.name }), onclick: () => turn(one) }, t(one.isEnabled ? "run.pause" : "run.resume")),
        h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: one.name }), onclick: () => open(one) }, t("edit")),
        menu({ label: t("moreFor", { name: one.name }), items: [
          can("runs:write") && names.has(one.workflowId) && { label: t("schedules.runNow"), act: () => start(one) },
          { label: t("delete"), bad: true, act: () => drop(one) }] })] },
    ],
  });
  root.replaceChildren(pageHead(t("schedules.title"), t("schedules.about"), create()),
    h("div.filters", { role: "search" }, field({ name: "q", label: t("search"), type: "search", value: filter.q, wide: true, oninput: (event) => typed(event.target.value) }).node,
      field({ name: "isEnabled", label: t("status"), type: "select", value: filter.isEnabled, options: [["", t("all")], ["true", t("schedules.on")], ["false", t("schedules.off")]], onchange: change }).node,
      workflows.length > 0 && field({ name: "workflowId", label: t("workflow"), type: "select", value: filter.workflowId, options: [["", t("all")], ...workflows.map((one) => [one.id, one.name])], onchange: change }).node),
    rows.node);
  await rows.load();

  /* When one has started its run, the next one is another. */
  poll(async () => {
    if (root.querySelector(":popover-open") || rows.rows.length === 0) return false;
    const { data } = await get("/schedules", { ...filter, limit: 100 }, { signal });
    const known = new Map(rows.rows.map((one) => [one.id, one]));
    const news = data.filter((one) => known.has(one.id) && known.get(one.id).updatedAt !== one.updatedAt);
    news.forEach(rows.update);
    return news.length > 0;
  }, { least: 10, most: 60, signal });
}
