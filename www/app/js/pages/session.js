/* One session: where it stands, and what came of it. */
import { h, needStyle } from "../dom.js";
import { get, poll, post } from "../api.js";
import { dateTime, money, needLate, number, t } from "../i18n/index.js";
import { can } from "../session.js";
import { failed } from "../ui/dialog.js";
import { pageHead } from "../ui/list.js";
import { reasonOf } from "../ui/reason.js";
import { allows, isOver, statusTag } from "../ui/status.js";
import { kindOf } from "./sessions.js";

await Promise.all([needLate(), needStyle("work.css")]);

/* Lists of ids that a result may hold: the rows they name, and the page that has them. */
const LISTS = { issueIds: ["issues", "title"], questionIds: ["questions", "text"],
  learningIds: ["learnings", "title"] };
const SCOPES = { issues: "issues:read", questions: "issues:read", learnings: "learnings:read" };

/* A row that was deleted, or that this person may not read, is its id. */
async function rowOf(path, name, id) {
  let row = { id };
  if (can(SCOPES[path])) row = await get(`/${path}/${id}`).then(({ data }) => data, () => row);
  return h("li.row", {}, h("a.break", { href: `#/${path}` }, row[name] ?? id), row.status && statusTag(row.status));
}

async function listOf(key, ids) {
  const [path, name] = LISTS[key];
  return h("section.card.stack", {}, h("h2", {}, t(`nav.${path}`)), ids.length
    ? h("ul.stack.tight", {}, await Promise.all(ids.map((id) => rowOf(path, name, id))))
    : h("p.soft", {}, t("sessions.noneOf")));
}

const score = (name, value) => h("div", {}, h("dt", {}, t(`quality.${name}`)),
  h("dd", {}, h("div.progress", {}, h("progress", { value: value / 100, "aria-label": t(`quality.${name}`) }),
    h("span.small.num", {}, number(value)))));

export const qualityOf = ({ composite, threshold, passed, ...rest }) => h("section.card.stack", {},
  h("div.row", {}, h("h2", {}, t("quality.title")), statusTag(passed ? "pass" : "fail")),
  h("p", {}, t("quality.sum", { n: composite, of: threshold })),
  h("dl.facts", {}, Object.entries(rest).filter(([, value]) => typeof value === "number")
    .map(([name, value]) => score(name, value))));

async function resultOf(result) {
  const lists = await Promise.all(Object.keys(LISTS).filter((key) => result[key])
    .map((key) => listOf(key, result[key])));
  return [result.quality && qualityOf(result.quality),
    result.bestRunId && h("section.card", {}, h("h2", {}, t("sessions.best")),
      h("a", { href: `#/runs/${result.bestRunId}` }, h("code.break", {}, result.bestRunId))),
    result.reason && h("section.card", {}, h("h2", {}, t("sessions.reason")), h("p.pre", {}, result.reason)),
    ...lists].filter(Boolean);
}

export default async function sessionPage({ root, id, signal }) {
  let { data: session } = await get(`/sessions/${id}`, {}, { signal });
  const head = h("div", {});
  const facts = h("section.card.stack", {});
  const results = h("div.stack", {});
  const cancel = async () => {
    try {
      session = (await post(`/sessions/${id}/cancel`)).data;
      await draw();
    } catch (error) { await failed(error); }
  };

  async function draw() {
    const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    head.replaceChildren(pageHead(session.name, null, ...[can("runs:cancel") &&
      allows("run", session, "runs.cancel") &&
      h("button.btn.danger-quiet", { type: "button", onclick: cancel }, t("sessions.cancel"))].filter(Boolean)));
    facts.replaceChildren(...[
      h("dl.facts", {}, fact(t("field.status"), h("div.row", {}, statusTag(session.status))),
        fact(t("field.sessions.kind"), kindOf(session)), fact(t("cost"), money(session.costUsd)),
        fact(t("field.createdAt"), dateTime(session.createdAt)),
        session.runIds && fact(t("field.sessions.runIds"), session.runIds.map((run, i) =>
          [i > 0 && ", ", h("a.break", { href: `#/runs/${run}` }, h("code", {}, run))])),
        fact(t("run.log"), h("a", { href: `#/runs/${id}` }, t("sessions.run")))),
      session.error && h("div.notice.bad", {}, h("p.break", {}, reasonOf(session))),
      session.prompt && h("details", {}, h("summary", {}, t("field.prompt")),
        h("p.pre.details-body", {}, session.prompt))].filter(Boolean));
    results.replaceChildren(...(session.result ? await resultOf(session.result) : []));
  }

  async function refresh() {
    const before = session.updatedAt + session.status;
    session = (await get(`/sessions/${id}`, {}, { signal })).data;
    if (session.updatedAt + session.status === before) return false;
    await draw();
    return true;
  }

  await draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/sessions" }, `← ${t("nav.sessions")}`)), head, facts, results);
  poll(async () => (isOver(session) ? false : refresh()), { least: 2, most: 20, signal });
}
