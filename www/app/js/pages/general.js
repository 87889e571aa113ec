/* Project Settings → General. */
import { h, toast } from "../dom.js";
import { get, patch, remove } from "../api.js";
import { dateTime, t } from "../i18n/index.js";
import { can, current, session } from "../session.js";
import { bodies } from "../table.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { field, makeForm, pageForm } from "../ui/form.js";
import { fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

function danger(project) {
  const name = field({ name: "name", label: t("project.deleteType", { name: project.name }), required: true,
    check: (value) => (value.trim() === project.name ? null : t("project.deleteDiffers")) });
  const form = makeForm([name]);
  const ask = async () => {
    const gone = await openDialog({ title: t("project.delete"), danger: true, saveLabel: t("project.delete"), form,
      body: [h("p", {}, t("project.deleteText")), form.nodes],
        save: async () => { await remove("/project"); return true; } });
    if (gone) location.reload();
  };
  return h("section.card.stack", {}, h("h2", {}, t("project.delete")), h("p.soft", {}, t("project.deleteText")),
    h("div.row", {}, h("button.btn.danger-quiet", { type: "button", onclick: ask }, t("project.delete"))));
}

export default async function general({ root, signal }) {
  const place = h("div.stack", {});
  root.replaceChildren(...settingsHead("/settings", t("tab.general"), null), place);
  await fill(place, async () => {
    const { data: project, etag } = await get("/project", {}, { signal });
    let version = etag;
    const form = await tableForm({ group: "project", fields: bodies["project.update"], row: project,
      refine: { name: { autofocus: false } } });
    const facts = h("dl.facts", {}, [[t("project.id"), h("code", {}, project.id)],
      [t("field.createdAt"), dateTime(project.createdAt)]]
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    return [
      h("section.card", {}, pageForm({ form, body: form.nodes, before: facts, disabled: !can("projects:write"),
        save: (values) => patch("/project", values, { etag: version }),
        done: async (answer) => {
          version = answer.etag;
          toast(t("saved"));
          await current();
          for (const label of document.querySelectorAll(".side > .menu .switcher > span")) label.textContent =
            answer.data.name;
        } })),
      session.role === "owner" && danger(project),
    ].filter(Boolean);
  });
}
