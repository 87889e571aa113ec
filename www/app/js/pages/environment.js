/* Project Settings → Environment: names and values the agents see. Of values only the last characters come back. */
import { h, icon, toast } from "../dom.js";
import { get, patch } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies } from "../table.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";
import { table } from "../ui/list.js";
import { empty, fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

await needLate();

const FACTS = bodies["project.settings.update"].envVars;

export default async function environment({ root, signal }) {
  const place = h("div.card.flush", {});
  const write = can("projects:write");
  const send = (name, value) => patch("/project/settings", { envVars: { [name]: value } });
  let names = [];

  function nameWrong(name) {
    if (!new RegExp(FACTS.names).test(name)) return t("env.nameWrong");
    return names.includes(name) ? t("env.nameTaken") : null;
  }

  const edit = async (old) => {
    const form = makeForm([
      old ? null : field({ name: "name", label: t("env.name"), hint: t("env.nameHint"), required: true, autofocus: true,
        class: "mono", check: (value) => nameWrong(value.trim()) }),
      field({ name: "value", label: t("env.value"), hint: t("env.valueHint"), type: "area", rows: 3, required: true,
        max: FACTS.value, class: "mono", autofocus: Boolean(old) }),
    ].filter(Boolean));
    const done = await openDialog({ title: old ? t("env.replace", { name: old }) : t("env.add"), form, body: form.nodes,
      save: async () => {
        const { name = old, value } = form.values;
        try {
          await send(name, value);
        } catch (error) {
          if (error.code === "VALIDATION" && error.field?.startsWith("envVars")) error.field = "value";
          throw error;
        }
        return true;
      } });
    if (done) { toast(t("saved")); await load(); }
  };
  const drop = async (name) => {
    if (await confirmDialog({ title: t("env.removeTitle", { name }), text: t("env.removeText"), label: t("remove"),
      act: () => send(name, null) })) await load();
  };
  const add = () => write && h("button.btn.primary", { type: "button", onclick: () => edit(null) }, icon("plus"),
    t("env.add"));

  const load = () => fill(place, async () => {
    const values = (await get("/project/settings", {}, { signal })).data.envVars ?? {};
    names = Object.keys(values).sort();
    if (names.length === 0) return empty(t("env.none"), t("env.noneText"), add());
    return table({ caption: t("env.title"), rows: names.map((name) => ({ id: name, value: values[name] })), columns: [
      { label: t("env.name"), cell: (row) => h("code.name", {}, row.id) },
      { label: t("env.value"), cell: (row) => h("code", {}, row.value) },
      { label: t("actions"), class: "actions", cell: (row) => write && [
        h("button.btn.small.quiet", { type: "button", "aria-label": t("env.replace", { name: row.id }),
          onclick: () => edit(row.id) }, t("env.replaceShort")),
        h("button.btn.small.quiet.danger-quiet",
          { type: "button", "aria-label": t("removeNamed", { name: row.id }), onclick: () => drop(row.id) },
          t("remove"))] },
    ] });
  });
  root.replaceChildren(...settingsHead("/settings/environment", t("env.title"), t("env.about"), add()), place);
  await load();
}
