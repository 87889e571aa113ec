/* Another project of one's own. */
import { post } from "../api.js";
import { t } from "../i18n/index.js";
import { openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";

export default async function newProject(pick) {
  const form = makeForm([
    field({ name: "name", label: t("name"), required: true, max: 100, autofocus: true }),
    field({ name: "examples", label: t("project.examples"), type: "check", value: true }),
  ]);
  const made = await openDialog({ title: t("project.new"), form, body: form.nodes, saveLabel: t("create"), save: async () => (await post("/projects", form.values, { anyProject: true })).data });
  if (made) await pick(made.id);
}
