/* The contexts: what agents should know. People change the draft; a run is given the version that is active. */
import { h, toast } from "../dom.js";
import { all, get, post } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { failed, openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";
import { resourcePage } from "../ui/resource.js";

const write = () => can("contexts:write");

async function publish(row, update) {
  const form = makeForm([bodyField("contexts.publish", "note")]);
  const fresh = await openDialog({ title: t("contexts.publishTitle", { name: row.name }), form,
    body: [h("p", {}, t("contexts.publishText", { n: row.latestVersion + 1 })), form.nodes],
    saveLabel: t("contexts.publish"),
    save: async () => (await post(`/contexts/${row.id}/publish`, form.values)).data });
  if (!fresh) return;
  update(fresh);
  toast(t("contexts.published", { n: fresh.activeVersion }));
}

async function deactivate(row, update) {
  update((await post(`/contexts/${row.id}/deactivate`)).data);
  toast(t("contexts.deactivated", { name: row.name }));
}

/* One version, folded up: what it says is asked for when it is opened. */
function versionOf(row, one, active, activate) {
  const text = h("pre.pre", { tabindex: "0", "aria-label": t("field.contexts.content") });
  const load = async () => {
    if (!node.open || text.textContent) return;
    try {
      text.textContent = (await get(`/contexts/${row.id}/versions/${one.version}`)).data.content;
    } catch (error) { failed(error); }
  };
  const node = h("details", { ontoggle: load },
    h("summary", {}, t("contexts.version", { n: one.version }), " ",
      one.version === active && h("span.tag.accent", {}, t("contexts.active"))),
    h("div.details-body.stack", {}, h("p.small.soft", {}, one.publishedBy, ", ", ago(one.publishedAt)),
      one.note && h("p.break", {}, one.note), text,
      write() && one.version !== active && h("div.row", {}, h("button.btn.small", { type: "button",
        "aria-label": t("contexts.activateNamed", { n: one.version }), onclick: () => activate(one.version) },
        t("contexts.activate")))));
  return node;
}

async function versions(row, update) {
  const path = `/contexts/${row.id}`;
  const listed = await all(`${path}/versions`);
  const box = h("div.stack", {});
  const draw = (active) => box.replaceChildren(...listed.map((one) => versionOf(row, one, active, activate)));
  const activate = async (version) => {
    try {
      const { data } = await post(`${path}/versions/${version}/activate`);
      update(data);
      draw(data.activeVersion);
      box.querySelector("summary")?.focus();
      toast(t("contexts.activated", { n: version }));
    } catch (error) { failed(error); }
  };
  draw(row.activeVersion);
  await openDialog({ title: t("contexts.versionsOf", { name: row.name }), wide: true, body: [box] });
}

const state = ({ activeVersion, latestVersion }) => (activeVersion
  ? t("contexts.versionOf", { n: activeVersion, of: latestVersion })
  : h("span.soft", {}, t(latestVersion ? "contexts.inactive" : "contexts.unpublished")));

export default async function contexts(place) {
  await resourcePage("context", place, {
    columns: [{ label: t("contexts.active"), cell: state },
      { label: t("field.updatedAt"), cell: (row) => ago(row.updatedAt) }],
    below: (row) => row.description && h("div.small.soft.break", {}, row.description),
    buttons: (row, update) => [
      row.latestVersion > 0 && h("button.btn.small.quiet", { type: "button",
        "aria-label": t("contexts.versionsOf", { name: row.name }), onclick: () => versions(row, update) },
        t("contexts.versions")),
      write() && h("button.btn.small", { type: "button", "aria-label": t("contexts.publishNamed", { name: row.name }),
        onclick: () => publish(row, update) }, t("contexts.publish"))],
    items: (row, update) => [row.activeVersion &&
      { label: t("contexts.deactivate"), act: () => deactivate(row, update) }],
  });
}
