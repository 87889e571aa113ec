/* The pull requests that runs have opened, as their forges say they are. */
import { h, toast } from "../dom.js";
import { post } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, failed, openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { statusTag } from "../ui/status.js";
import { labelOf } from "../ui/words.js";

await needLate();

const CHECKS = { success: "good", failure: "bad", pending: "busy live" };

export const isWeb = (url) => /^https?:\/\//.test(url ?? "");
export const checksTag = (status) =>
  h("span.tag.dot", { class: CHECKS[status] ?? "", "data-checks": status }, t(`pulls.checks.${status}`));
export const stateTags = (pull) => h("div.row", {}, statusTag(pull.state),
  pull.isDraft && h("span.tag", {}, t("pulls.draft")),
  pull.state === "open" && pull.mergeable === false && h("span.tag.bad", {}, t("pulls.conflicts")),
  pull.pendingAction && h("span.tag.busy.live", {}, t(`pulls.pending.${pull.pendingAction}`)));

/* Each answers the pull request as it is then, or nothing when the person thought better of it. */
export const refreshPull = async (pull) => (await post(`/pull-requests/${pull.id}/refresh`)).data;

export async function mergePull(pull) {
  const form = await tableForm({ group: "pulls", fields: bodies["pulls.merge"], only: ["method", "force"],
    refine: { method: { autofocus: true } } });
  return openDialog({ title: t("pulls.mergeTitle", { n: pull.number }), form, saveLabel: t("pulls.merge"),
    body: [h("p", {}, t("pulls.mergeText", { branch: pull.branch, base: pull.base })), ...form.nodes],
    save: async () => (await post(`/pull-requests/${pull.id}/merge`, form.values)).data });
}

export async function closePull(pull) {
  let fresh;
  await confirmDialog({ title: t("pulls.closeTitle", { n: pull.number }), text: t("pulls.closeText"),
    label: t("pulls.close"), cancelLabel: t("keepOn"),
    act: async () => { fresh = (await post(`/pull-requests/${pull.id}/close`)).data; } });
  return fresh;
}

/* Goes to the run that it starts. */
export async function fixPull(pull) {
  const form = await tableForm({ group: "pulls", fields: bodies["pulls.fix"], only: ["about", "prompt"],
    refine: { about: { autofocus: true } } });
  const wish = () => Object.fromEntries(Object.entries(form.values).filter(([, value]) => value));
  const run = await openDialog({ title: t("pulls.fixTitle", { n: pull.number }), form, saveLabel: t("pulls.fix"),
    body: [h("p", {}, t("pulls.fixText")), ...form.nodes],
    save: async () => (await post(`/pull-requests/${pull.id}/fix`, wish())).data });
  if (run) go(`/runs/${run.id}`);
}

/* What can be done with it now, as items of a menu; `act` does one and shows what came of it. */
export const actionsOf = (pull, act) => (can("runs:write") ? [
  { label: t("pulls.refresh"), act: act(refreshPull) },
  pull.state === "open" && { label: t("pulls.fix"), act: act(fixPull) },
  pull.state === "open" && { label: t("pulls.merge"), act: act(mergePull) },
  pull.state === "open" && { label: t("pulls.close"), bad: true, act: act(closePull) },
].filter(Boolean) : []);

export default async function pulls(place) {
  const { path, fields } = resources.pullRequest;
  const steer = (pull) => (what) => async () => {
    try {
      const fresh = await what(pull);
      if (!fresh) return;
      rows.update(fresh);
      toast(t("pulls.asked"));
    } catch (error) {
      failed(error);
    }
  };
  const rows = listPage(place, {
    group: "pulls", path,
    filter: filters(place.query, { fields: [
      { name: "state", label: labelOf("pulls", "state"),
        options: fields.state.choices.map((one) => [one, t(`status.${one}`)]) }] }),
    asked: (values) => ({ ...values, runId: place.query.get("runId") || null }),
    pace: { worth: (shown) => shown.some((one) => one.pendingAction), least: 2, most: 60 },
    columns: [
      { label: t("pulls.one"), cell: (one) => h("div", {},
        h("a.name", { href: `#/pull-requests/${one.id}` }, `#${one.number} ${one.title}`),
        h("div.small.soft.break", {}, one.repository.replace(/^https?:\/\/[^/]+\//, "").replace(/\.git$/, ""))) },
      { label: labelOf("pulls", "state"), cell: (one) => h("div", {}, stateTags(one),
        (one.actionError || one.refreshError) && h("div.small.soft.break", {},
          reasonOf(one, one.actionError ? "actionError" : "refreshError"))) },
      { label: t("pulls.checks"), cell: (one) => checksTag(one.checksStatus) },
      { label: t("pulls.seen"), cell: (one) => (one.refreshedAt ? ago(one.refreshedAt) : "–") },
      { label: t("actions"), class: "actions", cell: (one) => {
        const items = actionsOf(one, steer(one));
        return items.length > 0 && menu({ label: t("moreFor", { name: `#${one.number}` }), items });
      } },
    ],
  });
  await rows.load();
}
