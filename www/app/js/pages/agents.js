/* Project Settings → Agents: what steps use that name nothing of their own. */
import { h, toast } from "../dom.js";
import { get, patch } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies } from "../table.js";
import { tableForm } from "../ui/fields.js";
import { pageForm } from "../ui/form.js";
import { fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

export default async function agents({ root, signal }) {
  const place = h("section.card", {});
  root.replaceChildren(...settingsHead("/settings/agents", t("agents.title"), t("agents.about")), place);
  await fill(place, async () => {
    const { data, etag } = await get("/project/settings", {}, { signal });
    let version = etag;
    const form = await tableForm({ group: "settings", fields: bodies["project.settings.update"], row: data,
      only: ["defaultAgent", "defaultModel", "systemPrompt", "gitCommitName", "gitCommitEmail"],
      refine: { systemPrompt: { rows: 8 }, gitCommitEmail: { type: "email" } } });
    return pageForm({ form, body: form.layout, disabled: !can("projects:write"),
      save: (values) => patch("/project/settings", values, { etag: version }),
        done: (answer) => { version = answer.etag; toast(t("saved")); } });
  });
}
