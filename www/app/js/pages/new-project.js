/* Another project of one's own. */
import { post } from "../api.js";
import { t } from "../i18n/index.js";
import { bodies } from "../table.js";
import { openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";

export default async function newProject(pick) {
  const form = await tableForm({ group: "projects", fields: bodies["projects.create"],
    refine: { slug: null, examples: { value: true } } });
  const made = await openDialog({ title: t("project.new"), form, body: form.nodes, saveLabel: t("create"),
    save: async () => (await post("/projects", form.values, { anyProject: true })).data });
  if (made) await pick(made.id);
}
