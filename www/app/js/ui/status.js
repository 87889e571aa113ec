/* How a state looks, everywhere the same. */
import { h } from "../dom.js";
import { known, t } from "../i18n/index.js";
import { states } from "../table-early.js";

/* By the tone that the table of states names; tests/web/test_states.py sees that none is missing. */
const TONES = { quiet: "", busy: "busy live", held: "warn", ending: "warn live", good: "good", bad: "bad" };
const OTHERS = { active: "good", draft: "", archived: "", pass: "good", fail: "bad" };
/* A state that several kinds have looks the same with each. */
const LOOKS = { ...OTHERS, ...Object.fromEntries(Object.values(states).flatMap(Object.entries).map(([name, { tone }]) =>
  [name, TONES[tone]])) };

export const isOver = (run) => states.run[run.status]?.over ?? false;
/* Does the operation lead on from the state it is in? */
export const allows = (kind, one, operation) => states[kind][one.status]?.by.includes(operation) ?? false;

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
