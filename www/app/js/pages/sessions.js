/* The sessions: agents that look at something and answer as data. */
import { h, icon } from "../dom.js";
import { get, post } from "../api.js";
import { money, needLate, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { ago } from "../ui/bits.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { reasonOf } from "../ui/reason.js";
import { isOver, statusCell } from "../ui/status.js";
import { choiceOf, labelOf, optionsOf } from "../ui/words.js";

await needLate();

const FIELDS = bodies["sessions.create"];
/* What each kind is asked for beside its prompt. */
const ASKED = { evaluation: ["runIds", "threshold"], judge: ["runIds"], learning: ["runIds"],
  discovery: ["githubRepoUrl", "baseBranch"], answering: ["githubRepoUrl", "baseBranch"] };

export const kindOf = (session) => choiceOf("sessions", "kind", session.kind);

async function start() {
  const runs = (await get("/runs", { limit: 100 })).data.filter((run) => isOver(run) &&
    !["session", "sandbox"].includes(run.source));
  const form = await tableForm({ group: "sessions", fields: FIELDS,
    only: ["kind", "prompt", "runIds", "threshold", "githubRepoUrl", "baseBranch", "agent", "model"],
    refine: { kind: { onchange: () => show() },
      runIds: { options: runs.map((run) => [run.id, `#${run.runNumber} ${run.name}`]) } } });
  function show() {
    for (const name of new Set(Object.values(ASKED).flat())) {
      form.get(name).node.hidden = !ASKED[form.get("kind").value].includes(name);
    }
  }
  show();
  const made = await openDialog({ title: t("sessions.new"), wide: true, form, saveLabel: t("sessions.start"),
    body: form.nodes, save: async () => {
      const { kind, prompt, agent, model, ...rest } = form.values;
      const asked = Object.entries(rest).filter(([name, value]) => ASKED[kind].includes(name) && value?.length !== 0);
      return (await post("/sessions", { kind, prompt, agent, model, ...Object.fromEntries(asked) })).data;
    } });
  if (made) go(`/sessions/${made.id}`);
}

export default async function sessions(place) {
  const { fields } = resources.agentSession;
  const rows = listPage(place, {
    group: "sessions", path: "/sessions",
    filter: filters(place.query, { fields: ["kind", "status"].map((name) =>
      ({ name, label: labelOf("sessions", name), options: optionsOf("sessions", name, fields[name]) })) }),
    create: () => can("runs:write") &&
      h("button.btn.primary", { type: "button", onclick: start }, icon("plus"), t("sessions.new")),
    pace: { worth: (shown) => shown.some((one) => !isOver(one)), least: 3, most: 30 },
    columns: [
      { label: t("field.name"), cell: (one) => h("a.name", { href: `#/sessions/${one.id}` }, one.name) },
      { label: t("field.sessions.kind"), cell: kindOf },
      { label: t("field.status"), cell: (one) => h("div", {}, statusCell(one),
        one.error && h("div.small.soft.break", {}, reasonOf(one))) },
      { label: t("cost"), class: "right num", cell: (one) => money(one.costUsd) },
      { label: t("field.createdAt"), cell: (one) => ago(one.createdAt) },
    ],
  });
  await rows.load();
}
