/* Documents for agents: people change the draft, and a run is given the version that is active. */
import { h, toast } from "../dom.js";
import { post } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { filesField } from "../ui/files.js";
import { makeForm } from "../ui/form.js";
import { resourcePage } from "../ui/resource.js";
import { resources } from "../table-early.js";
import { text, versionsDialog } from "../ui/versions.js";
import { labelOf } from "../ui/words.js";

async function publish({ group, path }, row, update) {
  const form = makeForm([bodyField(`${group}.publish`, "note")]);
  const fresh = await openDialog({ title: t("documents.publishTitle", { name: row.name }), form,
    body: [h("p", {}, t("documents.publishText", { n: row.latestVersion + 1 })), form.nodes],
    saveLabel: t("documents.publish"),
    save: async () => (await post(`${path}/${row.id}/publish`, form.values)).data });
  if (!fresh) return;
  update(fresh);
  toast(t("documents.published", { n: fresh.activeVersion }));
}

async function deactivate({ path }, row, update) {
  update((await post(`${path}/${row.id}/deactivate`)).data);
  toast(t("documents.deactivated", { name: row.name }));
}

const said = (group) => ({ content, files }) => (files
  ? files.map((one) => [h("code.break", {}, one.path), text(one.path, one.content)])
  : [text(labelOf(group, "content"), content)]);

const versions = ({ group, path, scope }, row, update) => versionsDialog({ path: `${path}/${row.id}`, row,
  write: can(`${scope}:write`), said: said(group), changed: ({ data }) => update(data) });

const state = ({ activeVersion, latestVersion }) => (activeVersion
  ? t("documents.versionOf", { n: activeVersion, of: latestVersion })
  : h("span.soft", {}, t(latestVersion ? "documents.inactive" : "documents.unpublished")));

const NEW_FILES = [{ path: "SKILL.md", content: "---\nname: \ndescription: \n---\n\n" }];

/* A draft of files has an editor of its own. */
const edit = ({ group, fields: { files } }) => (files
  ? { refine: { files: (value) => filesField(group, "files", files, value ?? NEW_FILES) } } : {});

export default async function documents(place) {
  const kind = resources[place.route.resource];
  const write = can(`${kind.scope}:write`);
  await resourcePage(place.route.resource, place, {
    edit: edit(kind),
    columns: [{ label: t("documents.active"), cell: state },
      { label: t("field.updatedAt"), cell: (row) => ago(row.updatedAt) }],
    below: (row) => row.description && h("div.small.soft.break", {}, row.description),
    buttons: (row, update) => [
      row.latestVersion > 0 && h("button.btn.small.quiet", { type: "button",
        "aria-label": t("documents.versionsOf", { name: row.name }), onclick: () => versions(kind, row, update) },
        t("documents.versions")),
      write && h("button.btn.small", { type: "button", "aria-label": t("documents.publishNamed", { name: row.name }),
        onclick: () => publish(kind, row, update) }, t("documents.publish"))],
    items: (row, update) => [row.activeVersion &&
      { label: t("documents.deactivate"), act: () => deactivate(kind, row, update) }],
  });
}
