/* The questions of sessions: people answer them, and decide about what sessions have answered. */
import { h, toast } from "../dom.js";
import { get, patch } from "../api.js";
import { needLate, number, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago } from "../ui/bits.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { allows, statusTag } from "../ui/status.js";
import { labelOf, optionsOf } from "../ui/words.js";
import { decide } from "./learnings.js";

await needLate();

async function answer(row, update) {
  const path = `/questions/${row.id}`;
  const { data, etag } = await get(path);
  const form = await tableForm({ group: "questions", fields: resources.question.fields, row: data, only: ["answer"],
    refine: { answer: { type: "area", required: true, nullable: false } } });
  const fresh = await openDialog({ title: t("questions.answer"), wide: true, form,
    body: [h("p.pre", {}, data.text), ...form.nodes],
    save: async () => (await patch(path, form.values, { etag })).data });
  if (!fresh) return;
  update(fresh);
  toast(t("saved"));
}

export default async function questions(place) {
  const { fields } = resources.question;
  const write = can("issues:write");
  const button = (row, action) => write && allows("question", row, `questions.${action}`) &&
    h("button.btn.small", { type: "button", "aria-label": t(`decide.${action}Named`, { name: row.text }),
      onclick: () => decide("/questions", action, row, rows.update) }, t(`decide.${action}`));
  const rows = listPage(place, {
    group: "questions", path: "/questions",
    filter: filters(place.query, { fields: [{ name: "status", label: labelOf("questions", "status"),
      options: optionsOf("questions", "status", fields.status) }] }),
    create: () => null,
    columns: [
      { label: t("questions.text"), cell: (row) => h("div", {}, h("span.name.break", {}, row.text),
        row.answer && h("div.small.break", {}, row.answer),
        h("a.small", { href: `#/sessions/${row.sessionId}` }, t("questions.askedBy"))) },
      { label: t("field.status"), cell: (row) => statusTag(row.status) },
      { label: t("questions.confidence"), class: "right num",
        cell: (row) => (row.confidence == null ? "–" : `${number(row.confidence)} %`) },
      { label: t("field.updatedAt"), cell: (row) => ago(row.updatedAt) },
      { label: t("actions"), class: "actions", cell: (row) => [
        write && h("button.btn.small.quiet", { type: "button", "aria-label": t("questions.answerNamed",
          { name: row.text }), onclick: () => answer(row, rows.update) }, t("questions.answer")),
        button(row, "approve"), button(row, "dismiss")] },
    ],
  });
  await rows.load();
}
