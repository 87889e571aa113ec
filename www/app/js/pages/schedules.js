/* The schedules: runs that start by the clock. */
import { h, toast } from "../dom.js";
import { all, get, patch } from "../api.js";
import { currentLanguage, date, dateTime, relative, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago } from "../ui/bits.js";
import { openDialog } from "../ui/dialog.js";
import { field } from "../ui/form.js";
import { reasonOf } from "../ui/reason.js";
import { resourcePage } from "../ui/resource.js";

const two = (n) => String(n).padStart(2, "0");
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

function isZone(name) {
  try { return Boolean(Intl.DateTimeFormat("en", { timeZone: name })); } catch { return false; }
}

const WEEKDAYS = resources.schedule.fields.weekdays.choices;
const LAST_DAY = resources.schedule.fields.dayOfMonth.max;
const byWeek = (frequency) => ["weekly", "biweekly"].includes(frequency);
const byMonth = (frequency) => frequency === "monthly";

/* 1 January 2024 was a Monday, and so is the first of the choices. */
const weekdayName = (one) => date(Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(one)), { weekday: "long", timeZone: "UTC" });

/* "Weekly on Monday and Thursday at 06:30": the time is that of the schedule's own zone. */
function rhythm({ frequency, weekdays, dayOfMonth, hour, minute, nextRunAt, timeZone }) {
  const time = date(Date.UTC(2000, 0, 1, hour, minute), { timeStyle: "short", timeZone: "UTC" });
  const key = `schedules.every.${frequency}`;
  if (dayOfMonth) return t(dayOfMonth === LAST_DAY ? `${key}Last` : `${key}On`, { time, day: dayOfMonth });
  const days = weekdays.length ? weekdays.map(weekdayName)
    : byWeek(frequency) && nextRunAt ? [date(nextRunAt, { weekday: "long", timeZone })] : [];
  if (!days.length) return t(key, { time });
  return t(`${key}On`, { time, day: new Intl.ListFormat(currentLanguage()).format(days) });
}

/* What the service has reckoned: when it starts the next runs, on the person's own clock. */
async function showNext({ id, name }) {
  const { data } = await get(`/schedules/${id}`);
  const time = ({ at }) => h("li", {}, h("time", { datetime: at }, date(at, { dateStyle: "full", timeStyle: "short" })),
    h("span.small.soft", {}, ` – ${relative(at)}`));
  await openDialog({ title: t("schedules.nextOf", { name }), body: data.nextRuns?.length
    ? [h("p.soft", {}, `${rhythm(data)} (${data.timeZone})`), h("ol", {}, data.nextRuns.map(time)),
      h("p.soft.small", {}, t("schedules.nextZone", { zone: here() }))]
    : h("p", {}, t("schedules.nextNone")) });
}

/* Hour and minute are one field for people. */
function timeField({ hour, minute } = { hour: 6, minute: 0 }) {
  const time = field({ name: "hour", label: t("schedules.time"), type: "time", required: true,
    value: `${two(hour)}:${two(minute)}` });
  return { ...time, get value() { return time.value.split(":").map(Number); } };
}

/* Days of the week go with weeks, and a day of the month with months; a choice that is not shown is none. */
function showDays(form) {
  const { control } = form.get("frequency");
  const show = () => {
    form.get("weekdays").node.hidden = !byWeek(control.value);
    form.get("dayOfMonth").node.hidden = !byMonth(control.value);
  };
  control.addEventListener("change", show);
  show();
}

const daysOfMonth = () => Array.from({ length: LAST_DAY }, (_, i) =>
  [String(i + 1), i + 1 === LAST_DAY ? t("schedules.lastDay") : String(i + 1)]);

const edit = (workflows) => ({
  createLabel: t("create"),
  refine: (row) => ({
    workflowId: { options: workflows.filter((one) => one.status !== "archived" ||
      one.id === row?.workflowId).map((one) => [one.id, one.name]) },
    hour: () => timeField(row),
    minute: null,
    isEnabled: null,
    weekdays: { options: WEEKDAYS.map((one) => [one, weekdayName(one)]) },
    dayOfMonth: { value: row?.dayOfMonth ? String(row.dayOfMonth) : "", options: daysOfMonth() },
    timeZone: { value: row?.timeZone ?? here(), suggestions: ["UTC", ...Intl.supportedValuesOf("timeZone")],
      check: (value) => (isZone(value.trim()) ? null : t("schedules.zoneWrong")) },
  }),
  body: (form) => {
    const node = (name) => form.get(name).node;
    showDays(form);
    return [h("div.grid2", {}, node("name"), node("workflowId")),
      h("div.grid3", {}, ["frequency", "hour", "timeZone"].map(node)), node("weekdays"), node("dayOfMonth"),
      h("p.soft.small", {}, t("schedules.firstRun")), node("prompt")];
  },
  sent: ({ hour: [hour, minute], weekdays, dayOfMonth, ...values }) => ({ ...values, hour, minute,
    weekdays: byWeek(values.frequency) ? weekdays : [],
    dayOfMonth: byMonth(values.frequency) && dayOfMonth ? Number(dayOfMonth) : null }),
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
      h("div.small.soft", {}, relative(one.nextRunAt)),
      h("button.btn.small.quiet", { type: "button", onclick: () => showNext(one),
        "aria-label": t("schedules.nextOf", { name: one.name }) }, t("schedules.more")))
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
