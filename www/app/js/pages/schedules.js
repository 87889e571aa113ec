/* The schedules: runs that start by the clock. */
import { h, toast } from "../dom.js";
import { all, get, patch } from "../api.js";
import { date, dateTime, relative, t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { field } from "../ui/form.js";
import { reasonOf } from "../ui/reason.js";
import { resourcePage } from "../ui/resource.js";

const two = (n) => String(n).padStart(2, "0");
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

function isZone(name) {
  try { return Boolean(Intl.DateTimeFormat("en", { timeZone: name })); } catch { return false; }
}

/* "Weekly on Monday at 06:30": the time is that of the schedule's own zone. */
function rhythm(one) {
  const time = date(Date.UTC(2000, 0, 1, one.hour, one.minute), { timeStyle: "short", timeZone: "UTC" });
  const dated = one.nextRunAt && ["weekly", "biweekly"].includes(one.frequency);
  if (!dated) return t(`schedules.every.${one.frequency}`, { time });
  const day = date(one.nextRunAt, { weekday: "long", timeZone: one.timeZone });
  return t(`schedules.every.${one.frequency}On`, { time, day });
}

/* Hour and minute are one field for people. */
function timeField({ hour, minute } = { hour: 6, minute: 0 }) {
  const time = field({ name: "hour", label: t("schedules.time"), type: "time", required: true,
    value: `${two(hour)}:${two(minute)}` });
  return { ...time, get value() { return time.value.split(":").map(Number); } };
}

const edit = (workflows) => ({
  createLabel: t("create"),
  refine: (row) => ({
    workflowId: { options: workflows.filter((one) => one.status !== "archived" ||
      one.id === row?.workflowId).map((one) => [one.id, one.name]) },
    hour: () => timeField(row),
    minute: null,
    isEnabled: null,
    timeZone: { value: row?.timeZone ?? here(), suggestions: ["UTC", ...Intl.supportedValuesOf("timeZone")],
      check: (value) => (isZone(value.trim()) ? null : t("schedules.zoneWrong")) },
  }),
  body: (form) => {
    const node = (name) => form.get(name).node;
    return [h("div.grid2", {}, node("name"), node("workflowId")),
      h("div.grid3", {}, ["frequency", "hour", "timeZone"].map(node)),
      h("p.soft.small", {}, t("schedules.firstRun")), node("prompt")];
  },
  sent: ({ hour: [hour, minute], ...values }) => ({ ...values, hour, minute }),
});

async function turn(row, update) {
  const { data } = await patch(`/schedules/${row.id}`, { isEnabled: !row.isEnabled });
  update(data);
  toast(t(data.isEnabled ? "schedules.resumed" : "schedules.paused", { name: row.name }));
}

async function start(row) {
  const { data } = await get(`/schedules/${row.id}`);
  await (await import("./start-run.js")).default({ workflowId: data.workflowId, prompt: data.prompt, name: data.name });
}

const columns = [
  { label: t("schedules.when"), cell: (one) => h("div", {}, rhythm(one), h("div.small.soft.break", {}, one.timeZone)) },
  { label: t("field.nextRunAt"), cell: (one) => (one.nextRunAt
    ? h("div", {}, h("time", { datetime: one.nextRunAt }, dateTime(one.nextRunAt)),
      h("div.small.soft", {}, relative(one.nextRunAt)))
    : "–") },
  { label: t("field.lastRunAt"), cell: (one) => h("div", {}, one.lastRunId && can("runs:read")
    ? h("a", { href: `#/runs/${one.lastRunId}` }, ago(one.lastRunAt))
    : ago(one.lastRunAt), one.lastError && h("div.small.bad-text.break", {}, reasonOf(one, "lastError"))) },
];

export default async function schedules(place) {
  const workflows = can("workflows:read") ? await all("/workflows") : [];
  const names = new Map(workflows.map((one) => [one.id, one.name]));
  await resourcePage("schedule", place, {
    edit: edit(workflows),
    columns,
    below: (one) => h("div.small.soft.break", {}, names.get(one.workflowId)),
    words: { workflowId: workflows.map((one) => [one.id, one.name]),
      isEnabled: [["true", t("schedules.on")], ["false", t("schedules.off")]] },
    buttons: (one, update) => can("schedules:write") &&
      h("button.btn.small.quiet", { type: "button", onclick: () => turn(one, update),
      "aria-label": t(one.isEnabled ? "schedules.pauseNamed" : "schedules.resumeNamed", { name: one.name }) },
    t(one.isEnabled ? "run.pause" : "run.resume")),
    items: (one) => [can("runs:write") && names.has(one.workflowId) &&
      { label: t("schedules.runNow"), act: () => start(one) }],
    pace: { least: 10, most: 60 }, /* when one has started its run, the next one is another */
  });
}
