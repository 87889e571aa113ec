/* One run: where it stands, its steps drawn to scale, its log, and what can be done with it. */
import { h, needStyle, toast } from "../dom.js";
import { get, patch, poll, post, remove } from "../api.js";
import { clock, dateTime, duration, known, money, number, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";
import { pageHead, table } from "../ui/list.js";
import { artifactsView } from "../ui/artifacts.js";
import { changesView } from "../ui/changes.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { errorNotice } from "../ui/states.js";
import { allows, isOver, seconds, statusTag } from "../ui/status.js";
import { timeline } from "../ui/timeline.js";

const OWN = { session: "sessions", sandbox: "sandboxes" }; /* sources that have pages of their own */
const LINES = 2000; /* of the log; older ones are let go */

/* What an event says, in one line. */
export function words({ type, data }) {
  const round = data?.iteration > 1 ? ` (${data.iteration})` : "";
  if (type === "step.started") return [`${data.position + 1}. ${data.label}${round}`, data.agent,
    data.model].filter(Boolean).join(" · ");
  if (type === "step.finished") {
    return [`${data.position + 1}.${round} ${t(`status.${data.status}`)}`, data.verdict && t(`status.${data.verdict}`),
      data.costUsd ? money(data.costUsd) : null].filter(Boolean).join(" · ");
  }
  if (type === "tool") return `${data.name} ${data.input ?? ""}`;
  if (type === "status" && data?.status) return t("log.status",
    { status: known(`status.${data.status}`) ? t(`status.${data.status}`) : data.status });
  const text = data?.text ?? data?.line ?? data?.message ?? data?.output;
  if (typeof text === "string") return text.replace(/\n$/, "");
  if (typeof data === "string") return data;
  return data == null ? "" : Object.entries(data).map(([name, value]) =>
    `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
}

function logView() {
  const box = h("div.log", { role: "log", tabindex: "0", "aria-label": t("run.log"), "aria-live": "off" });
  const follow = h("input", { type: "checkbox", checked: true, id: "follow" });
  const none = h("p.soft", {}, t("run.logEmpty"));
  box.append(none);
  box.addEventListener("scroll", () => { follow.checked = box.scrollHeight - box.scrollTop - box.clientHeight < 24; });
  follow.addEventListener("change", () => { if (follow.checked) box.scrollTop = box.scrollHeight; });
  return {
    node: h("section.card.stack", {}, h("div.row.between", {}, h("h2", {}, t("run.log")),
      h("label.check", { for: "follow" }, follow, t("run.follow"))), box),
    add(events) {
      if (events.length === 0) return;
      none.remove();
      box.append(...events.map((event) => h("div.log-line", { "data-type": event.type },
        h("time", { datetime: event.at }, clock(event.at)), h("span.log-type", {}, event.type),
        h("span.pre", {}, words(event)))));
      while (box.children.length > LINES) box.firstChild.remove();
      if (follow.checked) box.scrollTop = box.scrollHeight;
    },
  };
}

export default async function runPage({ root, id, signal }) {
  await needStyle("work.css");
  let { data: run } = await get(`/runs/${id}`, {}, { signal });
  let steps = [];
  let after = 0;
  const head = h("div", {});
  const trouble = h("div", { "aria-live": "polite" });
  const facts = h("section.card", {});
  const drawing = h("section.card.stack", {});
  const log = logView();
  const changes = changesView({ run, signal });
  const artifacts = artifactsView({ run, signal });
  const look = () => Promise.all([changes.look(), artifacts.look()]);

  const act = (path) => async () => {
    trouble.replaceChildren();
    try {
      const { data } = await post(`/runs/${id}/${path}`);
      if (["restart", "retry"].includes(path)) return go(`/runs/${data.id}`);
      run = data;
      draw();
      await refresh();
    } catch (error) {
      trouble.replaceChildren(errorNotice(error));
    }
    return undefined;
  };
  const cancel = () => confirmDialog({ title: t("run.cancelTitle", { n: run.runNumber }), text: t("run.cancelText"),
    label: t("run.cancel"), cancelLabel: t("keepOn"),
    act: async () => { run = (await post(`/runs/${id}/cancel`)).data; draw(); } });
  const rename = async () => {
    const form = makeForm([bodyField("runs.update", "name",
      { label: t("field.name"), hint: null, value: run.name, required: true, autofocus: true })]);
    const done = await openDialog({ title: t("run.rename"), form, body: form.nodes,
      save: async () => (await patch(`/runs/${id}`, form.values)).data });
    if (done) { run = done; draw(); }
  };
  const erase = async () => {
    if (await confirmDialog({ title: t("run.deleteTitle", { n: run.runNumber }), text: t("run.deleteText"),
      label: t("delete"), act: () => remove(`/runs/${id}`) })) {
      toast(t("deleted"));
      go("/runs");
    }
  };

  function actions() {
    const write = can("runs:write");
    const own = run.source in OWN; /* it is begun again there */
    const may = (name) => allows("run", run, `runs.${name}`) && (run.source !== "sandbox" || name === "cancel");
    const button = (name, show, what, look = "") => show &&
      h("button.btn", { type: "button", class: look, "data-do": name, onclick: what }, t(`run.${name}`));
    return [
      button("pause", write && may("pause"), act("pause")),
      button("resume", write && may("resume"), act("resume"), "primary"),
      button("stop", write && may("stop") && run.startedAt && !run.stopRequested, act("stop")),
      button("cancel", can("runs:cancel") && may("cancel"), cancel, "danger-quiet"),
      button("retry", write && isOver(run) && !own && run.status !== "completed", act("retry"), "primary"),
      button("restart", write && isOver(run) && !own, act("restart"), run.status === "completed" ? "primary" : ""),
      menu({ label: t("moreFor", { name: run.name }),
        items: [{ label: t("compare.other"), act: () => go(`/runs/${id}/compare`) },
          write && { label: t("run.rename"), act: rename },
          write && isOver(run) && { label: t("delete"), bad: true, act: erase }] }),
    ].filter(Boolean);
  }

  const isWeb = (url) => /^https?:\/\//.test(url ?? "");

  function fact(name, ...value) {
    return h("div", {}, h("dt", {}, name), h("dd", {}, value));
  }

  function draw() {
    const had = root.contains(document.activeElement) ? document.activeElement.dataset?.do : null;
    head.replaceChildren(pageHead(`#${run.runNumber} ${run.name}`, null, ...actions()));
    if (had) (head.querySelector(`[data-do=${had}]`) ?? head.querySelector("button") ??
      head.querySelector("h1")).focus();
    facts.replaceChildren(...[
      h("dl.facts", {},
        fact(t("field.status"), h("div.row", {}, statusTag(run.status),
          run.verdict && statusTag(run.verdict),
          run.pushStatus === "failed" && h("span.tag.warn", {}, t("run.notPushed")),
          run.stopRequested && !isOver(run) && h("span.tag.warn", {}, t("run.stopping")))),
        fact(t("field.workflowId"), run.workflow?.id ? h("a", { href: `#/workflows/${run.workflowId}` },
          run.workflow.name) : "–"),
        fact(t("field.mode"), t(`mode.${run.mode}`)),
        fact(t("field.source"), OWN[run.source]
          ? h("a", { href: `#/${OWN[run.source]}/${run.id}` }, t(`source.${run.source}`)) : t(`source.${run.source}`)),
        run.quality && fact(t("quality.title"), h("div.row", {}, statusTag(run.quality.passed ? "pass" : "fail"),
          t("quality.sum", { n: run.quality.composite, of: run.quality.threshold }))),
        fact(t("field.createdAt"), dateTime(run.createdAt)),
        fact(t("runs.started"), run.startedAt ? dateTime(run.startedAt) : "–"),
        fact(t("runs.duration"), h("span", { "data-ticks": "" }, duration(seconds(run)))),
        fact(t("cost"), money(run.costUsd)),
        run.branchName && fact(t("field.branchName"), h("code", {}, run.branchName)),
        isWeb(run.githubRepoUrl) && fact(t("field.githubRepoUrl"),
          h("a.break", { href: run.githubRepoUrl, rel: "noopener noreferrer" }, run.githubRepoUrl)),
        isWeb(run.prUrl) && fact(t("run.pullRequest"),
          h("a", { href: run.prUrl, rel: "noopener noreferrer" }, run.prNumber ? `#${run.prNumber}` : run.prUrl),
          " ", h("a.small.nowrap", { href: `#/pull-requests?runId=${run.id}` },
            known(`status.${run.prStatus}`) ? t(`status.${run.prStatus}`) : run.prStatus ?? "")),
        run.currentStepLabel && !isOver(run) &&
          fact(t("run.now"), run.currentStepLabel,
            run.currentStepProgress != null && ` · ${number(run.currentStepProgress, { style: "percent" })}`),
        run.documents?.length > 0 && fact(t("run.documents"), run.documents.map((one) =>
          h("div.break", {}, t("documents.named", { name: one.name, n: one.version })))),
        run.candidateGroupId && fact(t("candidates.title"),
          h("a", { href: `#/candidates/${run.candidateGroupId}` }, known(`candidates.pull.${run.prStatus}`)
            ? t(`candidates.pull.${run.prStatus}`) : t("candidates.all"))),
        run.restartedFrom && fact(t("run.repeats"), h("a", { href: `#/runs/${run.restartedFrom}` }, t("run.earlier")))),
      run.error && h("div.notice.bad.spaced", {}, h("strong", {}, t("run.error")), h("p.pre", {}, reasonOf(run))),
      run.pushError && run.pushError !== run.error && h("div.notice.warn.spaced", {},
        h("strong", {}, t("run.notPushed")),
        h("p.pre", {}, reasonOf(run, "pushError"))),
      run.prompt && h("details.spaced", {}, h("summary", {}, t("field.prompt")),
        h("p.pre.details-body", {}, run.prompt)),
    ].filter(Boolean));
  }

  function drawSteps() {
    const openOutputs = new Set([...drawing.querySelectorAll("details[open]")].map((one) => one.dataset.step));
    const key = (step) => `${step.position}.${step.iteration}`;
    const round = (step) => (step.iteration > 1 ? ` (${step.iteration})` : "");
    const exposed = steps.some((step) => step.isolation === "off");
    drawing.replaceChildren(...[exposed && h("div.notice.warn", {}, h("strong", {}, t("run.exposed")),
      h("p", {}, t("run.exposedText")))].filter(Boolean), h("h2", {}, t("run.steps")), timeline(run, steps),
      table({ caption: t("run.steps"), rows: steps.map((step) => ({ ...step, id: key(step) })), columns: [
        { label: t("step"), cell: (step) => h("div", {}, h("span.name", {},
          `${step.position + 1}. ${step.label}${round(step)}`),
          step.output && h("details", { open: openOutputs.has(step.id), "data-step": step.id },
          h("summary.small", {}, t("run.output")), h("p.pre.small.output", {},
            step.errorCode ? reasonOf({ ...step, error: step.output }) : step.output))) },
        { label: t("field.status"), cell: (step) => h("div.row", {}, statusTag(step.status),
          step.verdict && statusTag(step.verdict)) },
        { label: t("field.agent"), cell: (step) => [step.agent, step.model].filter(Boolean).join(" · ") || "–" },
        { label: t("run.tokens"), class: "right num",
          cell: (step) => (step.inputTokens == null ? "–"
            : `${number(step.inputTokens)} / ${number(step.outputTokens ?? 0)}`) },
        { label: t("runs.duration"), class: "right num",
          cell: (step) => h("span.nowrap", {}, duration(seconds(step))) },
        { label: t("cost"), class: "right num", cell: (step) => money(step.costUsd) },
      ] }));
  }

  async function events() {
    let fresh = 0;
    for (let more = true; more && !signal.aborted;) {
      const page = await get(`/runs/${id}/events`, { after: after || null, limit: 500 }, { signal });
      log.add(page.data);
      fresh += page.data.length;
      after = page.data.at(-1)?.seq ?? after;
      more = page.hasMore && page.data.length > 0;
    }
    return fresh > 0;
  }

  async function refresh() {
    const before = JSON.stringify([run, steps]);
    const [one, list, fresh] = await Promise.all([get(`/runs/${id}`, {}, { signal }),
      get(`/runs/${id}/steps`, {}, { signal }), events()]);
    run = one.data;
    steps = list.data;
    const changed = JSON.stringify([run, steps]) !== before;
    if (changed) draw();
    if (changed || run.status === "running") drawSteps();
    if (changed && steps.some((step) => step.finishedAt)) look();
    return changed || fresh;
  }

  draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/runs" }, `← ${t("runs.title")}`)), head, trouble, facts, drawing,
    changes.node, artifacts.node, log.node);
  await refresh();
  drawSteps();
  if (steps.some((step) => step.finishedAt)) look();
  const watch = () => poll(async () => { const news = await refresh(); return isOver(run) ? "done" : news; },
    { least: 1.5, most: 15, signal });
  if (!isOver(run)) watch();
}
