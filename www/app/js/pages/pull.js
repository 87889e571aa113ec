/* One pull request: whether it can be merged, what its checks and its reviews say, and what is to become of it. */
import { h } from "../dom.js";
import { get, poll } from "../api.js";
import { dateTime, t } from "../i18n/index.js";
import { pageHead } from "../ui/list.js";
import { reasonOf } from "../ui/reason.js";
import { errorNotice } from "../ui/states.js";
import { actionsOf, checksTag, fixPull, isWeb, mergePull, stateTags } from "./pulls.js";
import { can } from "../session.js";
import { menu } from "../ui/menu.js";

const out = (url, words) => (isWeb(url) ? h("a.break", { href: url, rel: "noopener noreferrer" }, words) : words);

/* What strangers wrote: shown as text. */
const said = (title, text) => h("details.spaced", { open: true }, h("summary.break", {}, title),
  h("p.pre.small.output.details-body", {}, text));

export default async function pullPage({ root, id, signal }) {
  let { data: pull } = await get(`/pull-requests/${id}`, {}, { signal });
  const head = h("div", {});
  const trouble = h("div", { "aria-live": "polite" });
  const body = h("div.stack", {});

  const act = (what) => async () => {
    trouble.replaceChildren();
    try {
      const fresh = await what(pull);
      if (!fresh) return;
      pull = { ...pull, ...fresh };
      draw();
      watch();
    } catch (error) {
      trouble.replaceChildren(errorNotice(error));
    }
  };

  function draw() {
    const had = head.contains(document.activeElement);
    const open = pull.state === "open" && can("runs:write");
    const fixable = pull.failures.length + pull.comments.length > 0;
    const fact = (name, ...value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    const items = actionsOf(pull, act);
    head.replaceChildren(pageHead(`#${pull.number} ${pull.title}`, null, ...[
      open && fixable && h("button.btn.primary", { type: "button", onclick: act(fixPull) }, t("pulls.fix")),
      open && h("button.btn", { type: "button", class: fixable ? "" : "primary", onclick: act(mergePull) },
        t("pulls.merge")),
      items.length > 0 && menu({ label: t("moreFor", { name: `#${pull.number}` }), items })].filter(Boolean)));
    if (had) (head.querySelector("button") ?? head.querySelector("h1")).focus();
    body.replaceChildren(...[
      pull.actionError && h("div.notice.bad", {}, h("strong", {}, t("pulls.notDone")),
        h("p", {}, reasonOf(pull, "actionError"))),
      pull.refreshError && pull.refreshError !== pull.actionError &&
        h("div.notice.warn", {}, h("strong", {}, t("pulls.notSeen")), h("p", {}, reasonOf(pull, "refreshError"))),
      h("section.card", {}, h("dl.facts", {},
        fact(t("field.status"), stateTags(pull)),
        fact(t("pulls.checks"), checksTag(pull.checksStatus)),
        fact(t("pulls.where"), out(pull.url, isWeb(pull.url) ? new URL(pull.url).host : pull.url)),
        fact(t("pulls.branches"), h("code.break", {}, pull.branch), " → ", h("code.break", {}, pull.base)),
        fact(t("run"), h("a", { href: `#/runs/${pull.runId}` }, t("pulls.run"))),
        fact(t("pulls.seen"), pull.refreshedAt ? dateTime(pull.refreshedAt) : "–"))),
      pull.checks.length > 0 && h("section.card.stack", {}, h("h2", {}, t("pulls.checks")),
        h("ul.stack.tight", {}, pull.checks.map((one) => h("li.row.between", {},
          h("span.break", {}, out(one.url, one.name)), checksTag(one.status))))),
      pull.failures.length > 0 && h("section.card", {}, h("h2", {}, t("pulls.failures")),
        pull.failures.map((one) => said(one.name, one.text))),
      pull.comments.length > 0 && h("section.card", {}, h("h2", {}, t("pulls.comments")),
        pull.comments.map((one) => said([one.path && `${one.path}${one.line ? `:${one.line}` : ""}`, one.author]
          .filter(Boolean).join(" · "), one.text))),
    ].flat().filter(Boolean));
  }

  async function refresh() {
    const before = JSON.stringify(pull);
    pull = (await get(`/pull-requests/${id}`, {}, { signal })).data;
    if (JSON.stringify(pull) === before) return false;
    draw();
    return true;
  }

  let watching = false;
  async function watch() {
    if (watching) return;
    watching = true;
    await poll(async () => { const news = await refresh(); return pull.pendingAction ? news : "done"; },
      { least: 1.5, most: 10, signal });
    watching = false;
  }

  draw();
  root.replaceChildren(h("p", {}, h("a", { href: "#/pull-requests" }, `← ${t("pulls.title")}`)), head, trouble, body);
  if (pull.pendingAction) watch();
}
