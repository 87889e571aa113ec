/* Two runs beside each other: how each went, what it cost, and which files both changed, and alike. */
import { h, needStyle } from "../dom.js";
import { get } from "../api.js";
import { duration, money, needLate, number, t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { counts } from "../ui/changes.js";
import { field } from "../ui/form.js";
import { pageHead, table } from "../ui/list.js";
import { empty, fill } from "../ui/states.js";
import { statusTag } from "../ui/status.js";

await Promise.all([needLate(), needStyle("work.css")]);

const MOST = 100; /* runs to choose from, the newest */

const name = (run) => `#${run.number ?? run.runNumber} ${run.name ?? ""}`.trim();

/* What the two are compared by: words, and a cell of each run. */
const FACTS = () => [
  [t("run"), (run) => h("a.break", { href: `#/runs/${run.id}` }, name(run))],
  [t("field.status"), (run) => h("div.row", {}, statusTag(run.status), run.verdict && statusTag(run.verdict))],
  [t("field.agent"), (run) => run.agents.join(", ") || "–"],
  [t("runs.duration"), (run) => (run.durationSeconds == null ? "–" : duration(run.durationSeconds))],
  [t("cost"), (run) => money(run.costUsd)],
  [t("compare.tokens"), (run) => number(run.inputTokens + run.outputTokens)],
  [t("compare.steps"), (run) => number(run.steps)],
  [t("compare.changes"), (run) => (run.isKept
    ? h("span", {}, t("compare.files", { n: run.fileCount }), " ", counts(run))
    : t("compare.notKept"))],
];

const facts = ({ first, second }) => h("div.card.flush", {}, table({ caption: t("compare.title"), cards: false,
  rows: FACTS().map(([label, cell]) => ({ id: label, label, cell })),
  columns: [
    { label: t("compare.fact"), cell: (row) => row.label },
    ...[first, second].map((run) => ({ label: `#${run.number}`, cell: (row) => row.cell(run) })),
  ] }));

const files = ({ first, second, files: all, truncated }) => h("section.card.flush", {},
  table({ caption: t("compare.filesTitle"), rows: all.map((file) => ({ ...file, id: file.path })), columns: [
    { label: t("compare.file"), cell: (file) => h("code.break", {}, file.path) },
    { label: `#${first.number}`, class: "num", cell: (file) => (file.changedBy === "second" ? "–"
      : counts({ additions: file.firstAdditions, deletions: file.firstDeletions })) },
    { label: `#${second.number}`, class: "num", cell: (file) => (file.changedBy === "first" ? "–"
      : counts({ additions: file.secondAdditions, deletions: file.secondDeletions })) },
    { label: t("compare.same"), cell: (file) => (file.isSame ? h("span.tag.good", {}, t("compare.alike"))
      : t(`compare.${file.changedBy === "both" ? "differs" : "one"}`)) },
  ] }), truncated && h("p.small.soft.padded", {}, t("compare.truncated")));

export default async function comparePage({ root, id, query, signal }) {
  const chosen = { with: query.get("with") ?? "" };
  const [{ data: run }, { data: all }] = await Promise.all([get(`/runs/${id}`, {}, { signal }),
    get("/runs", { limit: MOST }, { signal })]);
  /* Of the same task first: whoever compares has most likely tried it twice. */
  const like = (other) => Number(other.issueId && other.issueId === run.issueId) +
    Number(other.workflowId === run.workflowId);
  const others = all.filter((one) => one.id !== id).sort((a, b) => like(b) - like(a));
  if (chosen.with && !others.some((one) => one.id === chosen.with)) /* older than those to choose from */
    others.unshift({ id: chosen.with, name: chosen.with });
  const place = h("div.stack", {});
  const load = () => fill(place, async () => {
    if (!chosen.with) return [h("p", {}, t("compare.choose"))];
    const { data } = await get(`/runs/${id}/comparison/${chosen.with}`, {}, { signal });
    return [facts(data), data.files.length ? files(data) : empty(t("compare.none"), t("compare.noneText"))];
  }, 6);
  root.replaceChildren(pageHead(t("compare.title"), t("compare.about", { name: name(run) })),
    h("div.filters", {}, field({ name: "with", label: t("compare.with"), type: "select", value: chosen.with,
      options: [["", "–"], ...others.map((one) => [one.id, one.runNumber ? name(one) : one.name])],
      onchange: (event) => { chosen.with = event.target.value; setQuery(chosen); load(); } }).node), place);
  await load();
}
