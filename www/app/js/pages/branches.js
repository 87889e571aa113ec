/* The branches that runs have pushed, as their forges say they are. */
import { h, toast } from "../dom.js";
import { post, remove } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, failed } from "../ui/dialog.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { labelOf } from "../ui/words.js";

await needLate();

const short = (repository) => repository.replace(/^https?:\/\/[^/]+\//, "").replace(/\.git$/, "");

/* What is known of it, the most telling first. */
const tags = (one) => h("div.row", {},
  one.merged && one.state === "present" ? h("span.tag.good", {}, t("branches.merged"))
    : h("span.tag", {}, t(`branches.${one.state}`)),
  one.isProtected && h("span.tag", {}, t("branches.protected")),
  one.pendingAction && h("span.tag.busy.live", {}, t(`branches.pending.${one.pendingAction}`)));

const trouble = (one) => (one.actionError || one.refreshError) && h("div.small.soft.break", {},
  reasonOf(one, one.actionError ? "actionError" : "refreshError"));

const distance = (one) => (one.ahead == null ? "–"
  : t("branches.distance", { ahead: one.ahead, behind: one.behind ?? 0 }));

async function look(branch, update) {
  try {
    update((await post(`/branches/${branch.id}/refresh`)).data);
    toast(t("pulls.asked"));
  } catch (error) { failed(error); }
}

const drop = (branch, update) => confirmDialog({
  title: t("branches.deleteTitle", { name: branch.name }), text: t("branches.deleteText"), label: t("delete"),
  act: async () => {
    const answer = await remove(`/branches/${branch.id}`);
    if (answer?.data) update(answer.data);
    toast(t("pulls.asked"));
  } });

export default async function branches(place) {
  const { path, fields } = resources.branch;
  const actions = (one) => can("runs:write") && one.state === "present" && menu({
    label: t("moreFor", { name: one.name }), items: [
      { label: t("pulls.refresh"), act: () => look(one, rows.update) },
      one.isOwn && { label: t("delete"), bad: true, act: () => drop(one, rows.update) },
    ].filter(Boolean) });
  const rows = listPage(place, {
    group: "branches", path,
    filter: filters(place.query, { fields: [
      { name: "state", label: labelOf("branches", "state"),
        options: fields.state.choices.map((one) => [one, t(`branches.${one}`)]) }] }),
    asked: (values) => ({ ...values, runId: place.query.get("runId") || null }),
    pace: { worth: (shown) => shown.some((one) => one.pendingAction), least: 2, most: 60 },
    rowClass: (one) => (one.state === "deleted" ? "off" : null),
    columns: [
      { label: t("field.branchName"), cell: (one) => h("div", {}, h("span.name.break", {}, one.name),
        h("div.small.soft.break", {}, short(one.repository))) },
      { label: labelOf("branches", "state"), cell: (one) => h("div", {}, tags(one), trouble(one)) },
      { label: t("branches.compared"), cell: distance },
      { label: t("branches.run"), cell: (one) => h("a", { href: `#/runs/${one.runId}` },
        t(one.isOwn ? "branches.madeBy" : "branches.pushedBy")) },
      { label: t("pulls.seen"), cell: (one) => (one.refreshedAt ? ago(one.refreshedAt) : "–") },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
