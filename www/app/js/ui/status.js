/* How a state looks, everywhere the same. */
import { h } from "../dom.js";
import { known, t } from "../i18n/index.js";

const LOOKS = { pending: "", running: "busy live", paused: "warn", cancelling: "warn live", completed: "good",
  failed: "bad", cancelled: "", skipped: "", new: "",
  active: "good", draft: "", archived: "", pass: "good", fail: "bad" };

export const isOver = (run) => ["completed", "failed", "cancelled"].includes(run.status);

export const statusTag = (status) => h("span.tag.dot", { class: LOOKS[status] ?? "", "data-status": status },
  known(`status.${status}`) ? t(`status.${status}`) : status);

/* The state of a run or chain, and whether it is a rehearsal. */
export const statusCell = (one) =>
  h("div.row", {}, statusTag(one.status), one.mode === "test" && h("span.tag", {}, t("mode.test")),
    one.verdict === "fail" && statusTag("fail"),
    one.status === "completed" && one.pushStatus === "failed" && h("span.tag.warn", {}, t("run.notPushed")));

const PRIORITY = { low: "", medium: "busy", high: "warn", critical: "bad" };
export const priorityTag = (priority) => h("span.tag", { class: PRIORITY[priority] }, t(`priority.${priority}`));

/* Seconds from the start of a run or step to its end, or to now. */
export function seconds(thing) {
  if (!thing.startedAt) return null;
  return ((thing.finishedAt ? new Date(thing.finishedAt) : Date.now()) - new Date(thing.startedAt)) / 1000;
}
