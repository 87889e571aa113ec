/* One group of candidates: its runs beside each other, who has chosen, and a choice where nobody has. */
import { h, needStyle } from "../dom.js";
import { all, get, poll, post } from "../api.js";
import { dateTime, duration, known, money, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { confirmDialog } from "../ui/dialog.js";
import { pageHead, table } from "../ui/list.js";
import { reasonOf } from "../ui/reason.js";
import { allows, isOver, seconds, statusTag } from "../ui/status.js";
import { choiceOf } from "../ui/words.js";

await Promise.all([needLate(), needStyle("work.css")]);

/* What becomes of its pull request: a state of a candidate's own, or one that the forge says. */
const pullWords = (status) => (known(`candidates.pull.${status}`) ? t(`candidates.pull.${status}`)
  : known(`status.${status}`) ? t(`status.${status}`) : status ?? "–");

export default async function candidatesPage({ root, id, signal }) {
  let { data: group } = await get(`/candidates/${id}`, {}, { signal });
  let runs = [];
  const head = h("div", {});
  const facts = h("section.card.stack", {});
  const list = h("section.card.flush", {});

  const cancel = () => confirmDialog({ title: t("candidates.cancelTitle"), text: t("candidates.cancelText"),
    label: t("candidates.cancel"), cancelLabel: t("keepOn"),
    act: async () => { await post(`/candidates/${id}/cancel`); await refresh(); } });
  const choose = (run) => confirmDialog({ title: t("candidates.chooseTitle", { n: run.runNumber }),
    text: t("candidates.chooseText"), label: t("candidates.choose"), danger: false,
    act: async () => { await post(`/runs/${run.id}/choose`); await refresh(); } });

  /* While nobody has chosen and all are over; and once more, where the pull request was not opened. */
  const mayChoose = (run) => can("runs:write") && run.status === "completed" &&
    (run.id === group.chosenRunId ? run.prStatus === "notOpened"
      : allows("candidates", group, "runs.choose") && runs.every(isOver));

  /* Against the chosen one, else the first that has completed. */
  function compared(run) {
    const with_ = group.chosenRunId ?? runs.find((one) => one.status === "completed")?.id;
    return with_ && with_ !== run.id && isOver(run) &&
      h("a", { href: `#/runs/${with_}/compare?with=${run.id}` }, t("candidates.compare"));
  }

  const columns = [
    { label: t("run"), cell: (run) => h("a.name", { href: `#/runs/${run.id}` }, `#${run.runNumber} ${run.name}`) },
    { label: t("field.status"), cell: (run) => h("div.row", {}, statusTag(run.status),
      run.verdict && statusTag(run.verdict),
      run.id === group.chosenRunId && h("span.tag.good", {}, t("candidates.chosen"))) },
    { label: t("run.pullRequest"), cell: (run) => (run.prUrl
      ? h("a", { href: `#/pull-requests?runId=${run.id}` }, pullWords(run.prStatus)) : pullWords(run.prStatus)) },
    { label: t("runs.duration"), class: "right num", cell: (run) => duration(seconds(run)) },
    { label: t("cost"), class: "right num", cell: (run) => money(run.costUsd) },
    { label: t("actions"), class: "actions", cell: (run) => h("div.row", {}, compared(run), mayChoose(run) &&
      h("button.btn", { type: "button", onclick: () => choose(run) },
        t("candidates.choose"))) },
  ];

  function draw() {
    const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    head.replaceChildren(pageHead(group.name, t("candidates.about"), ...[can("runs:cancel") &&
      allows("candidates", group, "candidates.cancel") &&
      h("button.btn.danger-quiet", { type: "button", onclick: cancel }, t("candidates.cancel"))].filter(Boolean)));
    facts.replaceChildren(...[
      h("dl.facts", {}, fact(t("field.status"), h("div.row", {}, statusTag(group.status))),
        fact(t("field.mode"), t(`mode.${group.mode}`)), fact(t("field.createdAt"), dateTime(group.createdAt)),
        group.chosenBy && fact(t("field.candidates.chosenBy"), choiceOf("candidates", "chosenBy", group.chosenBy)),
        group.judgeSessionId && fact(t("candidates.judge"),
          h("a", { href: `#/sessions/${group.judgeSessionId}` }, t("sessions.kind.judge")))),
      group.reason && h("div", {}, h("h2", {}, t("sessions.reason")), h("p.pre", {}, group.reason)),
      group.error && h("div.notice", { class: group.status === "failed" ? "bad" : "warn" },
        group.status === "undecided" && h("strong", {}, t("candidates.undecided")),
        h("p.break", {}, reasonOf(group))),
    ].filter(Boolean));
    list.replaceChildren(table({ caption: t("candidates.runs"), rows: runs, columns }));
  }

  async function refresh() {
    const before = JSON.stringify([group, runs]);
    [group, runs] = await Promise.all([get(`/candidates/${id}`, {}, { signal }).then(({ data }) => data),
      all("/runs", { candidateGroupId: id }).then((found) => found.reverse())]);
    if (JSON.stringify([group, runs]) === before) return false;
    draw();
    return true;
  }

  await refresh();
  draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/runs" }, `← ${t("runs.title")}`)), head, facts,
    h("h2", {}, t("candidates.runs")), list);
  const waits = () => runs.some((run) => !isOver(run) || run.prStatus === "opening") ||
    ["running", "judging"].includes(group.status);
  poll(async () => (waits() ? refresh() : false), { least: 2, most: 20, signal });
}
