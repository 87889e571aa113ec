/* How much runs, how well, how long and at what cost. */
import { h, needStyle } from "../dom.js";
import { get } from "../api.js";
import { date, duration, isoTime, money, needLate, number, percent, t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { queries } from "../table.js";
import { barChart, lineChart } from "../ui/chart.js";
import { field } from "../ui/form.js";
import { pageHead, table } from "../ui/list.js";
import { empty, fill } from "../ui/states.js";

await needLate();

const DAYS = [7, 30, 90, 365];
const { groupBy } = queries["analytics.runs"];
const { groupBy: spentBy } = queries["analytics.usage"];

const day = (key) => date(`${key}T12:00:00Z`, { dateStyle: "medium", timeZone: "UTC" });
const isoFrom = (days) => isoTime(new Date(Math.floor(Date.now() / 86400e3 + 1 - Number(days)) * 86400e3));

/* What steps have used and cost, by what the person chooses. */
function spent({ filter, signal }) {
  const place = h("div.card.flush", {});
  const read = (row) => row.inputTokens + row.outputTokens;
  const cached = (row) => row.cacheReadTokens + row.cacheWriteTokens;
  const amount = (label, cell) => ({ label, class: "right num", cell });
  const name = (row) => (row.label == null ? h("span.soft", {}, t("usage.unknown"))
    : filter.spent === "run" ? h("a.break", { href: `#/runs/${row.key}` }, row.label)
      : h("span.name.break", {}, filter.spent === "day" ? day(row.key) : row.label));
  const columns = () => [
    { label: t(`usage.by.${filter.spent}`), cell: (row) => h("div", {}, name(row), row.unpricedSteps > 0 &&
      h("div.small.soft", {}, t("usage.unpriced", { n: row.unpricedSteps }))) },
    amount(t("usage.runs"), (row) => number(row.runs)),
    amount(t("usage.tokens"), (row) => number(read(row))),
    amount(t("usage.cached"), (row) => number(cached(row))),
    amount(t("cost"), (row) => money(row.costUsd)),
  ];
  const load = () => fill(place, async () => {
    const { data } = await get("/usage", { from: isoFrom(filter.days), groupBy: filter.spent }, { signal });
    if (data.length === 0) return empty(t("usage.none"), t("usage.noneText"));
    return table({ caption: t("usage.spent"), rows: data.map((row, id) => ({ ...row, id })), columns: columns() });
  }, 4);
  const by = field({ name: "spent", label: t("usage.spentBy"), type: "select", value: filter.spent,
    options: spentBy.choices.map((one) => [one, t(`usage.by.${one}`)]),
    onchange: (event) => { filter.spent = event.target.value; setQuery(filter); load(); } });
  return { load, node: h("section.stack", {}, h("h2", {}, t("usage.spent")), h("div.filters", {}, by.node), place) };
}

export default async function usage({ root, query, signal }) {
  await needStyle("work.css");
  const filter = { days: query.get("days") ?? "30", by: query.get("by") ?? groupBy.default,
    spent: query.get("spent") ?? "model" };
  const paid = spent({ filter, signal });
  const place = h("div.stack.loose", {});
  const name = (row) => (filter.by === "day" ? day(row.key) : row.label);
  const short = (row) => (filter.by === "day" ? date(`${row.key}T12:00:00Z`,
    { day: "numeric", month: "short", timeZone: "UTC" }) : row.label);

  const tile = (label, value, note) => h("div.card.tile", {}, h("dt", {}, label),
    h("dd", {}, h("span.figure", {}, value), note && h("span.small.soft", {}, note)));
  const figure = (title, chart) => h("section.card.stack", {}, h("h2", {}, title), chart);

  const columns = () => [
    { label: t(`usage.by.${filter.by}`), cell: (row) => h("span.name", {}, name(row)) },
    ...["runs", "completed", "failed", "cancelled"].map((key) =>
      ({ label: t(`usage.${key}`), class: "right num", cell: (row) => number(row[key]) })),
    { label: t("usage.success"), class: "right num", cell: (row) => percent(row.successRate) },
    { label: t("usage.duration"), class: "right num", cell: (row) => duration(row.averageDurationSeconds) },
    { label: t("cost"), class: "right num", cell: (row) => money(row.costUsd) },
  ];

  const load = () => fill(place, async () => {
    const range = { from: isoFrom(filter.days) };
    const [{ data: sum }, { data: rows }] =
      await Promise.all([get("/analytics/summary", range, { signal }),
        get("/analytics/runs", { ...range, groupBy: filter.by }, { signal })]);
    const tiles = h("dl.tiles", {}, tile(t("usage.runs"), number(sum.runs), t("usage.active", { n: sum.active })),
      tile(t("usage.success"), percent(sum.successRate),
        t("usage.successNote", { good: sum.completed, bad: sum.failed })),
      tile(t("usage.duration"), duration(sum.averageDurationSeconds)), tile(t("cost"), money(sum.costUsd)));
    if (sum.runs === 0) return [tiles, h("div.card.flush", {}, empty(t("usage.none"), t("usage.noneText")))];
    const parts = [{ key: "completed", label: t("usage.completed") }, { key: "failed", label: t("usage.failed") },
      { key: "cancelled", label: t("usage.cancelled") }, { key: "active", label: t("usage.activeShort") }];
    const draw = filter.by === "day" ? lineChart : barChart;
    return [
      tiles,
      figure(t("usage.chartRuns"), barChart({ label: t("usage.chartRuns"), rows, parts, name: short,
        value: (n) => number(n) })),
      h("div.grid2", {},
        figure(t("usage.success"), draw({ label: t("usage.success"), rows,
          parts: [{ key: "successRate", label: t("usage.success") }], name: short, value: percent, most: 1 })),
        figure(t("usage.duration"), draw({ label: t("usage.duration"), rows,
          parts: [{ key: "averageDurationSeconds", label: t("usage.duration") }], name: short, value: duration,
          times: true })),
        figure(t("cost"), barChart({ label: t("cost"), rows, parts: [{ key: "costUsd", label: t("cost") }], name: short,
          value: money }))),
      h("details.card.flush", {}, h("summary.padded", {}, t("usage.table")),
        table({ caption: t("usage.table"), rows: rows.map((row) => ({ ...row, id: row.key })), columns: columns() })),
    ];
  }, 8);
  const both = () => Promise.all([load(), paid.load()]);
  const choose = (key, label, options) =>
    field({ name: key, label, type: "select", value: filter[key], options,
      onchange: (event) => { filter[key] = event.target.value; setQuery(filter); both(); } }).node;
  root.replaceChildren(pageHead(t("usage.title"), t("usage.about")),
    h("div.filters", {}, choose("days", t("usage.range"), DAYS.map((n) => [String(n), t("usage.days", { n })])),
    choose("by", t("usage.group"), groupBy.choices.map((one) => [one, t(`usage.by.${one}`)]))), place, paid.node);
  await both();
}
