/* What runs have taught: proposed, and given to agents once somebody has approved it. */
import { h, toast } from "../dom.js";
import { post } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { failed } from "../ui/dialog.js";
import { resourcePage } from "../ui/resource.js";
import { allows, statusTag } from "../ui/status.js";

await needLate();

export async function decide(path, action, row, update) {
  try {
    update((await post(`${path}/${row.id}/${action}`)).data);
    toast(t(`decided.${action}`));
  } catch (error) { failed(error); }
}

export default async function learnings(place) {
  const write = can("learnings:write");
  const button = (row, update, action) => write && allows("learning", row, `learnings.${action}`) &&
    h("button.btn.small", { type: "button", "aria-label": t(`decide.${action}Named`, { name: row.title }),
      onclick: () => decide("/learnings", action, row, update) }, t(`decide.${action}`));
  await resourcePage("learning", place, {
    columns: [{ label: t("field.status"), cell: (row) => statusTag(row.status) },
      { label: t("field.updatedAt"), cell: (row) => ago(row.updatedAt) }],
    below: (row) => row.runId && h("a.small", { href: `#/runs/${row.runId}` }, t("learnings.taughtBy")),
    buttons: (row, update) => [button(row, update, "approve"), button(row, update, "reject")],
  });
}
