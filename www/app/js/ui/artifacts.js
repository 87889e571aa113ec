/* The files that a run's agents have left for people, each to be saved; none is shown, for an agent wrote them. */
import { h } from "../dom.js";
import { all, download } from "../api.js";
import { number, t } from "../i18n/index.js";
import { errorNotice } from "./states.js";

export function artifactsView({ run, signal }) {
  const node = h("section.card.stack", { hidden: true, "aria-label": t("run.artifacts") });
  const trouble = h("div", { "aria-live": "polite" });
  let shown = ""; /* what stands there */

  const save = (one) => async () => {
    trouble.replaceChildren();
    try {
      await download(`/runs/${run.id}/artifacts/${one.name}`, "application/octet-stream", one.name);
    } catch (error) {
      trouble.replaceChildren(errorNotice(error));
    }
  };

  const row = (one) => h("li.row.between", {},
    h("button.btn.small.quiet.break", { type: "button", title: one.contentType, onclick: save(one) }, one.name),
    h("span.soft.nowrap", {}, t("artifacts.bytes", { n: number(one.size), step: one.position + 1 })));

  async function look() {
    const data = await all(`/runs/${run.id}/artifacts`);
    if (signal.aborted) return;
    data.sort((a, b) => (a.name < b.name ? -1 : 1));
    const now = JSON.stringify(data);
    if (now === shown) return;
    shown = now;
    node.hidden = data.length === 0;
    node.replaceChildren(h("h2", {}, t("run.artifacts")), h("p.soft.small", {}, t("artifacts.about")),
      h("ul.stack.tight", {}, data.map(row)), trouble);
  }

  return { node, look };
}
