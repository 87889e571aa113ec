/* One sandbox: the conversation, what its agent does meanwhile, what it has changed, and the box to say something. */
import { h, needStyle, newId, toast } from "../dom.js";
import { all, get, patch, poll, post } from "../api.js";
import { clock, dateTime, money, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies } from "../table.js";
import { changesView } from "../ui/changes.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { bodyField, tableForm } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";
import { pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { reasonOf } from "../ui/reason.js";
import { attempt, errorNotice } from "../ui/states.js";
import { allows, statusTag } from "../ui/status.js";
import { words } from "./run.js";

await Promise.all([needLate(), needStyle("work.css")]);

const LINES = 200; /* of what is being done; older ones are let go */
const SHOWN = ["log", "tool", "message"]; /* the rest is told by the message's state */

/* What was said, and what became of it. A node stays the same for as long as its message does, for who reads it. */
function sayingOf(one) {
  const body = one.answer != null ? h("div.pre.break", {}, one.answer)
    : one.error ? h("div.notice.bad", {}, h("p.pre.break", {}, reasonOf(one))) : null;
  return h("li.said", { "data-id": one.id }, h("div.row", {}, h("strong", {}, t(`sandboxes.said.${one.kind}`)),
    h("time.small.soft", { datetime: one.createdAt }, clock(one.createdAt)),
    one.status !== "completed" && statusTag(one.status)),
  h("p.pre.break", {}, one.text),
  body && h("div.answer", {}, h("div.row", {}, h("strong", {}, one.kind === "commit" ? t("sandboxes.commit")
    : one.agent ?? t("field.agent")), one.attempt > 1 && h("span.small.soft", {}, t("sandboxes.again")),
  one.costUsd != null && one.costUsd > 0 && h("span.small.soft", {}, money(one.costUsd))), body));
}

function conversation() {
  const list = h("ol.talk", {});
  const none = h("p.soft", {}, t("sandboxes.silence"));
  /* A screen reader is told what is added: messages and answers, not each line on the way to them. */
  const log = h("div", { role: "log", "aria-label": t("sandboxes.talk") }, none, list);
  const live = h("div.log.short", { tabindex: "0", role: "region", "aria-label": t("sandboxes.doing"), hidden: true });
  const shown = new Map();
  return {
    node: h("section.card.stack", {}, h("h2", {}, t("sandboxes.talk")), log, live),
    say(messages) {
      none.hidden = messages.length > 0;
      for (const one of messages) {
        const as = JSON.stringify([one.status, one.answer, one.error, one.attempt]);
        const before = shown.get(one.id);
        if (before?.as === as) continue;
        const node = sayingOf(one);
        if (before) before.node.replaceWith(node);
        else list.append(node);
        shown.set(one.id, { as, node });
      }
    },
    add(events, works) {
      const end = live.scrollHeight - live.scrollTop - live.clientHeight < 24;
      live.append(...events.filter(({ type }) => SHOWN.includes(type)).map((event) =>
        h("div.log-line", { "data-type": event.type }, h("time", { datetime: event.at }, clock(event.at)),
          h("span.log-type", {}, event.type), h("span.pre", {}, words(event)))));
      while (live.children.length > LINES) live.firstChild.remove();
      live.hidden = !works || !live.hasChildNodes();
      if (!works) live.replaceChildren();
      if (end) live.scrollTop = live.scrollHeight;
    },
  };
}

/* The box to write in; the focus stays in it. send: async (text) => when it was said. */
function sayBox(send) {
  const id = newId("say");
  const trouble = h("div", { "aria-live": "polite" });
  const box = h("textarea.input", { id, rows: 3, "aria-describedby": `${id}-how`,
    onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); } });
  const button = h("button.btn.primary", { type: "submit" }, t("sandboxes.say"));
  const form = h("form.stack", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim() || button.getAttribute("aria-busy")) return;
    const done = await attempt({ button, trouble, act: () => send(text) });
    if (done && box.value === text) box.value = "";
    box.focus();
  } }, h("label.legend", { for: id }, t("sandboxes.message")), box,
  h("div.row.between", {}, h("span.small.soft", { id: `${id}-how` }, t("sandboxes.how")), button), trouble);
  return { node: h("section.card", {}, form) };
}

async function commitDialog(id, sandbox) {
  const form = await tableForm({ group: "sandboxes", fields: bodies["sandboxes.commit"],
    only: ["message", "title", "description", ...(sandbox.pushStatus === "pushed" ? [] : ["branchName"]), "draft"],
    refine: { message: { label: t("sandboxes.message"), hint: t("sandboxes.messageHint") } } });
  return openDialog({ title: t("sandboxes.commitTitle"), wide: true, form, saveLabel: t("sandboxes.commit"),
    body: form.nodes, save: async () => (await post(`/sandboxes/${id}/commit`, Object.fromEntries(
      Object.entries(form.values).filter(([, value]) => value != null && value !== "")))).data });
}

export default async function sandboxPage({ root, id, signal }) {
  let { data: sandbox } = await get(`/sandboxes/${id}`, {}, { signal });
  let after = 0;
  const head = h("div", {});
  const trouble = h("div", { "aria-live": "polite" });
  const facts = h("section.card.stack", {});
  const talk = conversation();
  const changes = changesView({ run: { id, runNumber: id }, signal });
  const may = (name) => allows("sandbox", sandbox, `sandboxes.${name}`);
  const alive = () => may("kill");

  const act = (path) => async () => {
    trouble.replaceChildren();
    try {
      sandbox = (await post(`/sandboxes/${id}/${path}`)).data;
      draw();
      await refresh();
    } catch (error) { trouble.replaceChildren(errorNotice(error)); }
  };
  const sure = (path) => () => confirmDialog({ title: t(`sandboxes.${path}Title`), text: t(`sandboxes.${path}Text`),
    label: t(`sandboxes.${path}`), cancelLabel: t("keepOn"),
    act: async () => { sandbox = (await post(`/sandboxes/${id}/${path}`)).data; draw(); await refresh(); } });
  const commit = async () => {
    if (!await commitDialog(id, sandbox)) return;
    toast(t("sandboxes.committing"));
    await refresh();
  };
  const rename = async () => {
    const form = makeForm([bodyField("sandboxes.update", "name",
      { label: t("field.name"), hint: null, value: sandbox.name, required: true, autofocus: true })]);
    const done = await openDialog({ title: t("run.rename"), form, body: form.nodes,
      save: async () => (await patch(`/sandboxes/${id}`, form.values)).data });
    if (done) { sandbox = done; draw(); }
  };
  const box = sayBox(async (text) => {
    await post(`/sandboxes/${id}/messages`, { text });
    await refresh();
  });

  function actions() {
    const write = can("runs:write");
    const button = (name, show, what, look = "") => show &&
      h("button.btn", { type: "button", class: look, "data-do": name, onclick: what }, t(`sandboxes.${name}`));
    return [
      button("commit", write && alive() && sandbox.messageCount > 0, commit, "primary"),
      button("pause", write && may("pause"), act("pause")),
      button("resume", write && may("resume"), act("resume"), "primary"),
      button("kill", can("runs:cancel") && may("kill"), sure("kill"), "danger-quiet"),
      write && menu({ label: t("moreFor", { name: sandbox.name }),
        items: [may("restart") && { label: t("sandboxes.restart"), act: sure("restart") },
          { label: t("run.rename"), act: rename }] }),
    ].filter(Boolean);
  }

  const isWeb = (url) => /^https?:\/\//.test(url ?? "");

  function draw() {
    const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    const had = root.contains(document.activeElement) ? document.activeElement.dataset?.do : null;
    head.replaceChildren(pageHead(sandbox.name, null, ...actions()));
    if (had) (head.querySelector(`[data-do=${had}]`) ?? head.querySelector("h1")).focus();
    facts.replaceChildren(...[h("dl.facts", {},
      fact(t("field.status"), statusTag(sandbox.status)),
      fact(t("cost"), money(sandbox.costUsd)),
      sandbox.agent && fact(t("field.agent"), [sandbox.agent, sandbox.model].filter(Boolean).join(" · ")),
      isWeb(sandbox.githubRepoUrl) && fact(t("field.githubRepoUrl"),
        h("a.break", { href: sandbox.githubRepoUrl, rel: "noopener noreferrer" }, sandbox.githubRepoUrl)),
      sandbox.branchName && fact(t("field.branchName"), h("code.break", {}, sandbox.branchName)),
      isWeb(sandbox.prUrl) && fact(t("run.pullRequest"), h("a", { href: sandbox.prUrl, rel: "noopener noreferrer" },
        sandbox.prNumber ? `#${sandbox.prNumber}` : sandbox.prUrl)),
      fact(t("sandboxes.used"), dateTime(sandbox.usedAt)),
      sandbox.filesRemovedAt && fact(t("sandboxes.filesRemoved"), dateTime(sandbox.filesRemovedAt)),
      fact(t("run.log"), h("a", { href: `#/runs/${id}` }, t("sandboxes.run")))),
    sandbox.error && h("div.notice.bad", {}, h("p.break", {}, reasonOf(sandbox)))].filter(Boolean));
    box.node.hidden = !alive() || !can("runs:write");
  }

  async function events() {
    const page = await get(`/sandboxes/${id}/events`, { after: after || null, limit: 500 }, { signal });
    after = page.data.at(-1)?.seq ?? after;
    talk.add(page.data, sandbox.status === "working");
    return page.data.length > 0;
  }

  async function refresh() {
    const before = JSON.stringify(sandbox);
    sandbox = (await get(`/sandboxes/${id}`, {}, { signal })).data;
    const changed = JSON.stringify(sandbox) !== before;
    if (changed) draw();
    talk.say((await all(`/sandboxes/${id}/messages`, {}, 1000)).reverse());
    const fresh = await events();
    if (changed || fresh) changes.look();
    return changed || fresh;
  }

  draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/sandboxes" }, `← ${t("nav.sandboxes")}`)), head, trouble, facts,
    talk.node, box.node, changes.node);
  /* Where the events of what is being answered begin: what was said before has its answer. */
  const messages = await all(`/sandboxes/${id}/messages`, {}, 1000);
  after = messages.find((one) => one.status === "running")?.after ?? messages[0]?.after ?? 0;
  await refresh();
  await changes.look();
  if (alive()) poll(async () => { const news = await refresh(); return alive() ? news : "done"; },
    { least: 1.5, most: 15, signal });
}
