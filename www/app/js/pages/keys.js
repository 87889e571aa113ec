/* Project Settings → API Keys. */
import { h, icon, toast } from "../dom.js";
import { date, t } from "../i18n/index.js";
import { can } from "../session.js";
import { resources } from "../table-early.js";
import { ago, scopeTags } from "../ui/bits.js";
import { menu } from "../ui/menu.js";
import { listPage } from "../ui/list.js";
import { settingsHead } from "../ui/tabs.js";

const isOver = (key) => Boolean(key.expiresAt && new Date(key.expiresAt) <= Date.now());

function state(key) {
  if (key.revokedAt) return h("span.tag.bad", { title: date(key.revokedAt) }, t("keys.revoked"));
  if (isOver(key)) return h("span.tag.warn", {}, t("keys.expired"));
  return null;
}

export default async function keys(place) {
  const dialogs = () => import("./key-dialogs.js");
  const generate = async () => { if (await (await dialogs()).generateKey()) await rows.load(); };
  const rotate = async (key) => { if (await (await dialogs()).rotateKey(key)) await rows.load(); };
  const edit = async (key) => {
    const changed = await (await dialogs()).editKey(key);
    if (!changed) return;
    rows.update(changed);
    toast(t("saved"));
  };
  const revoke = async (key) => {
    if (!(await (await dialogs()).revokeKey(key))) return;
    rows.update({ ...key, revokedAt: new Date().toISOString() });
    toast(t("keys.revokedToast", { name: key.name }));
  };
  const actions = (key) => can("keys:write") && !key.revokedAt && [
    h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: key.name }),
      onclick: () => edit(key) }, t("edit")),
    menu({ label: t("moreFor", { name: key.name }), items: [
      !isOver(key) && { label: t("keys.rotate"), act: () => rotate(key) },
      { label: t("keys.revoke"), bad: true, act: () => revoke(key) },
    ] }),
  ];

  const rows = listPage(place, {
    group: "keys", path: resources.apiKey.path,
    head: (...more) => settingsHead("/settings/api-keys", ...more),
    create: () => can("keys:write") &&
      h("button.btn.primary", { type: "button", onclick: generate }, icon("plus"), t("keys.generate")),
    rowClass: (key) => (key.revokedAt || isOver(key) ? "off" : null),
    columns: [
      { label: t("field.name"), cell: (key) => h("div", {}, h("div.row", {}, h("span.name", {}, key.name), state(key)),
        h("div.small.soft", {}, h("span.sr-only", {}, `${t("keys.prefix")} `),
          h("code.nowrap", {}, `${key.prefix}…`))) },
      { label: t("field.scopes"), cell: (key) => scopeTags(key.scopes) },
      { label: t("field.mode"), class: "tight",
        cell: (key) => h("span.tag", { class: key.mode === "live" ? "accent" : null }, t(`mode.${key.mode}`)) },
      { label: t("field.createdAt"), class: "tight", cell: (key) => h("span.nowrap", {}, date(key.createdAt)) },
      { label: t("field.lastUsedAt"), class: "tight", cell: (key) => ago(key.lastUsedAt) },
      { label: t("field.expiresAt"), class: "tight",
        cell: (key) => (key.expiresAt ? h("span.nowrap", {}, date(key.expiresAt)) : h("span.soft", {}, t("never"))) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
