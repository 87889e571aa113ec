/* The versions of a row: what each said, and one that is to be the active one. */
import { h, toast } from "../dom.js";
import { all, get, post } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { ago } from "./bits.js";
import { failed, openDialog } from "./dialog.js";

await needLate();

/* One of them, folded up: what it says is asked for when it is opened. */
function versionOf({ path, said }, one, active, activate) {
  const box = h("div.stack", {});
  const load = async () => {
    if (!node.open || box.hasChildNodes()) return;
    try {
      box.replaceChildren(...said((await get(`${path}/versions/${one.version}`)).data).flat().filter(Boolean));
    } catch (error) { failed(error); }
  };
  const by = [one.publishedBy ?? one.savedBy, ", "];
  const node = h("details", { ontoggle: load },
    h("summary", {}, t("documents.version", { n: one.version }), " ",
      one.version === active && h("span.tag.accent", {}, t("documents.active"))),
    h("div.details-body.stack", {}, h("p.small.soft", {}, by[0] && by, ago(one.publishedAt ?? one.savedAt)),
      one.note && h("p.break", {}, one.note), box,
      activate && one.version !== active && h("div.row", {}, h("button.btn.small", { type: "button",
        "aria-label": t("documents.activateNamed", { n: one.version }), onclick: () => activate(one.version) },
        t("documents.activate")))));
  return node;
}

/*
 * All of them, newest first.
 *
 *   path    of the row, which has `name` and `activeVersion`
 *   write   may this person choose another one?
 *   said    (version) => nodes that show it
 *   changed (answer) => another one is active now
 */
export async function versionsDialog({ path, row, write, said, changed }) {
  const listed = await all(`${path}/versions`);
  const box = h("div.stack", {});
  const activate = async (version) => {
    try {
      const answer = await post(`${path}/versions/${version}/activate`);
      changed(answer);
      draw(answer.data.activeVersion);
      box.querySelector("summary")?.focus();
      toast(t("documents.activated", { n: version }));
    } catch (error) { failed(error); }
  };
  const draw = (active) => box.replaceChildren(...listed.map((one) =>
    versionOf({ path, said }, one, active, write && activate)));
  draw(row.activeVersion);
  await openDialog({ title: t("documents.versionsOf", { name: row.name }), wide: true, body: [box] });
}

/* A text of a version, as it is. */
export const text = (label, content) => h("pre.pre", { tabindex: "0", "aria-label": label }, content);
