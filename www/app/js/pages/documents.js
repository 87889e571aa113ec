/* Documents for agents: people change the draft, and a run is given the version that is active. */
import { h, toast } from "../dom.js";
import { all, get, post } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { failed, openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { filesField } from "../ui/files.js";
import { makeForm } from "../ui/form.js";
import { resourcePage } from "../ui/resource.js";
import { resources } from "../table.js";
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

const text = (label, content) => h("pre.pre", { tabindex: "0", "aria-label": label }, content);

const said = (group, { content, files }) => (files
  ? files.map((one) => [h("code.break", {}, one.path), text(one.path, one.content)]).flat()
  : [text(labelOf(group, "content"), content)]);

/* One version, folded up: what it says is asked for when it is opened. */
function versionOf({ group, path }, one, active, activate) {
  const box = h("div.stack", {});
  const load = async () => {
    if (!node.open || box.hasChildNodes()) return;
    try {
      box.replaceChildren(...said(group, (await get(`${path}/versions/${one.version}`)).data));
    } catch (error) { failed(error); }
  };
  const node = h("details", { ontoggle: load },
    h("summary", {}, t("documents.version", { n: one.version }), " ",
      one.version === active && h("span.tag.accent", {}, t("documents.active"))),
    h("div.details-body.stack", {}, h("p.small.soft", {}, one.publishedBy, ", ", ago(one.publishedAt)),
      one.note && h("p.break", {}, one.note), box,
      activate && one.version !== active && h("div.row", {}, h("button.btn.small", { type: "button",
        "aria-label": t("documents.activateNamed", { n: one.version }), onclick: () => activate(one.version) },
        t("documents.activate")))));
  return node;
}

async function versions({ group, path: of, scope }, row, update) {
  const path = `${of}/${row.id}`;
  const listed = await all(`${path}/versions`);
  const box = h("div.stack", {});
  const draw = (active) => box.replaceChildren(...listed.map((one) => versionOf({ group, path }, one, active,
    can(`${scope}:write`) && activate)));
  const activate = async (version) => {
    try {
      const { data } = await post(`${path}/versions/${version}/activate`);
      update(data);
      draw(data.activeVersion);
      box.querySelector("summary")?.focus();
      toast(t("documents.activated", { n: version }));
    } catch (error) { failed(error); }
  };
  draw(row.activeVersion);
  await openDialog({ title: t("documents.versionsOf", { name: row.name }), wide: true, body: [box] });
}

const state = ({ activeVersion, latestVersion }) => (activeVersion
  ? t("documents.versionOf", { n: activeVersion, of: latestVersion })
  : h("span.soft", {}, t(latestVersion ? "documents.inactive" : "documents.unpublished")));

const NEW_FILES = [{ path: "SKILL.md", content: "" }];

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
