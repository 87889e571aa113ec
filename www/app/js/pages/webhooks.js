/* Project Settings → Webhooks: the endpoints. */
import { h, icon, toast } from "../dom.js";
import { get, patch, post, remove } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { ago } from "../ui/bits.js";
import { copyButton } from "../ui/copy.js";
import { confirmDialog, failed, openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { listPage } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { settingsHead } from "../ui/tabs.js";

await needLate();

const { path } = resources.webhookEndpoint;
const SHOWN = 3;

export function eventTags(events) {
  if (events.length === 0) return h("span.tag", {}, t("webhooks.everything"));
  const more = events.length - SHOWN;
  return h("div.row", {}, events.slice(0, SHOWN).map((one) => h("code.tag", {}, one)),
    more > 0 && h("span.small.soft", {}, t("webhooks.more", { n: more })));
}

export const stateTag = ({ isEnabled, disabledReason }) => !isEnabled &&
  h("span.tag.warn", {}, t(disabledReason ? `webhooks.${disabledReason}` : "webhooks.off"));

const showSecret = ({ secret }) => openDialog({ title: t("webhooks.secretTitle"), keep: true,
  saveLabel: t("keys.secretDone"), save: async () => true, body: [
    h("div.notice.warn", {}, h("strong", {}, t("keys.secretOnce")), h("p", {}, t("webhooks.secretOnceText"))),
    h("div.secret", {}, h("code", { "data-secret": "" }, secret), copyButton(secret, t("keys.secretCopy"), t("copy"))),
  ] });

async function edit(row) {
  const { data, etag } = row ? await get(`${path}/${row.id}`) : {};
  const form = await tableForm({ group: "webhooks", fields: bodies[row ? "webhooks.update" : "webhooks.create"],
    row: data });
  const answer = await openDialog({ title: t(row ? "webhooks.edit" : "webhooks.new"), wide: true, form,
    body: form.layout,
    save: () => (row ? patch(`${path}/${row.id}`, form.values, { etag }) : post(path, form.values)) });
  return answer?.data;
}

async function rotate(row) {
  const answer = await openDialog({ title: t("webhooks.rotateTitle"), saveLabel: t("webhooks.rotate"),
    body: [h("p", {}, t("webhooks.rotateText"))], save: () => post(`${path}/${row.id}/rotate`) });
  if (answer) await showSecret(answer.data);
}

async function test(row) {
  try {
    await post(`${path}/${row.id}/test`);
    toast(t("webhooks.tested"));
  } catch (error) { await failed(error); }
}

export default async function webhooks(place) {
  const make = async () => {
    const made = await edit(null);
    if (!made) return;
    await showSecret(made);
    await rows.load();
  };
  const change = async (row) => {
    const changed = await edit(row);
    if (!changed) return;
    rows.update(changed);
    toast(t("saved"));
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("webhooks.deleteTitle", { name: row.url }),
      text: h("p", {}, t("webhooks.deleteText")), label: t("delete"), act: () => remove(`${path}/${row.id}`) })) {
      rows.drop(row.id);
    }
  };
  const actions = (row) => can("webhooks:write") && [
    h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: row.url }),
      onclick: () => change(row) }, t("edit")),
    menu({ label: t("moreFor", { name: row.url }), items: [
      row.isEnabled && { label: t("webhooks.test"), act: () => test(row) },
      { label: t("webhooks.rotate"), act: () => rotate(row) },
      { label: t("delete"), bad: true, act: () => drop(row) },
    ] }),
  ];
  const rows = listPage(place, {
    group: "webhooks", path,
    head: (...more) => settingsHead("/settings/webhooks", ...more),
    create: () => can("webhooks:write") &&
      h("button.btn.primary", { type: "button", onclick: make }, icon("plus"), t("webhooks.new")),
    rowClass: (row) => (row.isEnabled ? null : "off"),
    columns: [
      { label: t("field.webhooks.url"), cell: (row) => h("div", {}, h("div.row", {},
        h("a.name.break", { href: `#/settings/webhooks/${row.id}` }, row.url), stateTag(row)),
        row.description && h("div.small.soft.break", {}, row.description)) },
      { label: t("field.webhooks.events"), cell: (row) => eventTags(row.events) },
      { label: t("webhooks.lastDelivery"), class: "tight", cell: (row) => ago(row.lastDeliveryAt) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
