/* What a run has changed: its files, each with its patch, and all of it to take away. */
import { h } from "../dom.js";
import { download, get } from "../api.js";
import { number, t } from "../i18n/index.js";
import { errorNotice } from "./states.js";

const FILES = 25; /* shown before one asks for more */
const KINDS = { "+": "added", "-": "removed", "@": "where" };

/* One line of a patch: what was added, removed, or stands around it. */
function line(text) {
  return h("span.diff-line", { "data-kind": KINDS[text[0]] }, text || " ");
}

function patchOf(file) {
  const all = (file.patch ?? "").replace(/\n$/, "").split("\n");
  const lines = all.slice(Math.max(0, all.findIndex((text) => text.startsWith("@@")))); /* git's head says it again */
  const none = t(file.isBinary ? "changes.binary" : "changes.noRoom");
  return [file.patch == null ? h("p.soft.small", {}, none)
    : h("div.diff", { tabindex: "0", role: "region", "aria-label": file.path }, h("code.pre", {}, lines.map(line))),
  file.patch != null && file.truncated && h("p.soft.small", {}, t("changes.cut"))];
}

/* "+3 −1": how many lines. */
export const counts = ({ additions, deletions }) => h("span.num.nowrap", {},
  h("span.added", {}, `+${number(additions)}`), " ", h("span.removed", {}, `−${number(deletions)}`));

/* Its patch is drawn when it is opened: a run may have changed a great many. */
function fileRow(file) {
  const body = h("div.details-body", {});
  const row = h("details.file", {}, h("summary", {}, h("span.break", {}, file.path), " ",
    file.change !== "modified" && h("span.tag", {}, t(`change.${file.change}`)), " ",
    !file.isBinary && counts(file)), body);
  row.addEventListener("toggle", () => {
    if (row.open && !body.hasChildNodes()) body.append(...patchOf(file).filter(Boolean));
  });
  return row;
}

export function changesView({ run, signal }) {
  const node = h("section.card.stack", { hidden: true, "aria-label": t("run.changes") });
  const trouble = h("div", { "aria-live": "polite" });
  let shown = null; /* the commit whose changes stand there */

  const take = (type, name) => h("button.btn.small", { type: "button", "data-do": name, onclick: async () => {
    trouble.replaceChildren();
    try {
      await download(`/runs/${run.id}/changes`, type, `run-${run.runNumber}.${name}`);
    } catch (error) {
      trouble.replaceChildren(errorNotice(error));
    }
  } }, t(`changes.${name}`));

  async function more(list, after) {
    const { data } = await get(`/runs/${run.id}/changes`, { after, limit: FILES }, { signal });
    list.append(...data.files.map(fileRow));
    if (!data.next) return;
    const button = h("button.btn.small", { type: "button", onclick: async () => {
      button.disabled = true;
      try {
        await more(list, data.next);
        button.remove();
      } catch (error) {
        button.disabled = false;
        trouble.replaceChildren(errorNotice(error));
      }
    } }, t("changes.more", { n: data.fileCount - data.next }));
    list.append(button);
  }

  /* Look again; what a person has opened stays as long as nothing is new. */
  async function look() {
    const { data } = await get(`/runs/${run.id}/changes`, { limit: FILES }, { signal });
    if (data.headCommit === shown) return;
    shown = data.headCommit;
    node.hidden = data.headCommit == null;
    if (node.hidden) return;
    const list = h("div.files", {}, data.files.map(fileRow));
    node.replaceChildren(h("div.row.between", {}, h("h2", {}, t("run.changes")),
      data.isKept && h("div.row", {}, take("text/x-diff", "patch"), take("application/x-git-bundle", "bundle"))),
    h("p.soft", {}, data.isKept ? [t("changes.files", { n: data.fileCount }), " ", counts(data)]
      : t("changes.notKept")), trouble, list);
    if (data.next) {
      list.replaceChildren();
      await more(list, 0);
    }
  }

  return { node, look: () => look().catch((error) => {
    if (error.name !== "AbortError") trouble.replaceChildren(errorNotice(error));
  }) };
}
