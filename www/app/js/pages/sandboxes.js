/* The sandboxes: workspaces with an agent in each, with which one talks. */
import { h, icon } from "../dom.js";
import { post } from "../api.js";
import { money, needLate, number, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { bodies, resources, states } from "../table.js";
import { ago } from "../ui/bits.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { reasonOf } from "../ui/reason.js";
import { statusTag } from "../ui/status.js";
import { labelOf, optionsOf } from "../ui/words.js";

await needLate();

/* What it is left empty says, it does not say to the service either. */
const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value != null &&
  value !== ""));

async function open() {
  const form = await tableForm({ group: "sandboxes", fields: bodies["sandboxes.create"],
    only: ["name", "message", "githubRepoUrl", "branchName", "baseBranch", "agent", "model", "personaId",
      "contextIds"],
    refine: { message: { label: t("sandboxes.first"), hint: t("sandboxes.firstHint") } } });
  const made = await openDialog({ title: t("sandboxes.new"), wide: true, form, saveLabel: t("sandboxes.open"),
    body: form.nodes, save: async () => (await post("/sandboxes", given(form.values))).data });
  if (made) go(`/sandboxes/${made.id}`);
}

/* May change by itself: what is over, idle or paused does not. */
const moves = ({ status }) => ["busy", "ending"].includes(states.sandbox[status]?.tone);

export default async function sandboxes(place) {
  const { fields } = resources.sandbox;
  const rows = listPage(place, {
    group: "sandboxes", path: "/sandboxes",
    filter: filters(place.query, { fields: [{ name: "status", label: labelOf("sandboxes", "status"),
      options: optionsOf("sandboxes", "status", fields.status) }] }),
    create: () => can("runs:write") &&
      h("button.btn.primary", { type: "button", onclick: open }, icon("plus"), t("sandboxes.new")),
    pace: { worth: (shown) => shown.some(moves), least: 3, most: 30 },
    columns: [
      { label: t("field.name"), cell: (one) => h("a.name", { href: `#/sandboxes/${one.id}` }, one.name) },
      { label: t("field.status"), cell: (one) => h("div", {}, statusTag(one.status),
        one.error && h("div.small.soft.break", {}, reasonOf(one))) },
      { label: t("sandboxes.messages"), class: "right num", cell: (one) => number(one.messageCount) },
      { label: t("cost"), class: "right num", cell: (one) => money(one.costUsd) },
      { label: t("sandboxes.used"), cell: (one) => ago(one.usedAt) },
    ],
  });
  await rows.load();
}
