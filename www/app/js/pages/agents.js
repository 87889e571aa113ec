/* Project Settings → Agents: what steps use that name nothing of their own. */
import { h, toast } from "../dom.js";
import { get, patch } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { field, makeForm, pageForm } from "../ui/form.js";
import { fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

export default async function agents({ root, signal }) {
  const place = h("section.card", {});
  root.replaceChildren(...settingsHead("/settings/agents", t("agents.title"), t("agents.about")), place);
  await fill(place, async () => {
    const { data, etag } = await get("/project/settings", {}, { signal });
    let version = etag;
    const text = (name, more) => field({ name, label: t(`agents.${name}`), value: data[name], nullable: true, max: 100, ...more });
    const form = makeForm([
      text("defaultAgent", { hint: t("agents.defaultAgentHint"), max: 40 }),
      text("defaultModel", { hint: t("agents.defaultModelHint") }),
      text("systemPrompt", { type: "area", rows: 8, max: 50000, hint: t("agents.systemPromptHint") }),
      text("gitCommitName"),
      text("gitCommitEmail", { type: "email", max: 254 }),
    ]);
    const [agent, model, prompt, name, email] = form.nodes;
    return pageForm({ form, body: [h("div.grid2", {}, agent, model), prompt, h("div.grid2", {}, name, email)], disabled: !can("projects:write"),
      save: (values) => patch("/project/settings", values, { etag: version }), done: (answer) => { version = answer.etag; toast(t("saved")); } });
  });
}
