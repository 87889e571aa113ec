/* Project Settings → API Keys. */
import { h, icon, toast } from "../dom.js";
import { get } from "../api.js";
import { date, t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago, scopeTags } from "../ui/bits.js";
import { list } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

const isOver = (key) => Boolean(key.expiresAt && new Date(key.expiresAt) <= Date.now());

function state(key) {
  if (key.revokedAt) return h("span.tag.bad", { title: date(key.revokedAt) }, t("keys.revoked"));
  if (isOver(key)) return h("span.tag.warn", {}, t("keys.expired"));
  return null;
}

export default async function keys({ root, signal }) {
  const dialogs = () => import("./key-dialogs.js");
  const generate = async () => {
    if (await (await dialogs()).generateKey()) await rows.load();
  };
  const button = () => can("keys:write") &&
    h("button.btn.primary", { type: "button", onclick: generate }, icon("plus"), t("keys.generate"));

  const edit = async (key) => {
    const changed = await (await dialogs()).editKey(key);
    if (!changed) return;
    rows.update(changed);
    toast(t("saved"));
  };
  const rotate = async (key) => {
    if (await (await dialogs()).rotateKey(key)) await rows.load();
  };
  const revoke = async (key) => {
    if (!(await (await dialogs()).revokeKey(key))) return;
    rows.update({ ...key, revokedAt: new Date().toISOString() });
    toast(t("keys.revokedToast", { name: key.name }));
  };

  function actions(key) {
    if (!can("keys:write") || key.revokedAt) return null;
    return [
      h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: key.name }),
        onclick: () => edit(key) }, t("edit")),
      menu({ label: t("moreFor", { name: key.name }), items: [
        !isOver(key) && { label: t("keys.rotate"), act: () => rotate(key) },
        { label: t("keys.revoke"), bad: true, act: () => revoke(key) },
      ] }),
    ];
  }

  const rows = list({
    signal,
    page: (cursor) => get("/project/api-keys", { cursor }, { signal }),
    none: () => empty(t("keys.none"), t("keys.noneText"), button()),
    caption: t("keys.title"),
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
  root.replaceChildren(...settingsHead("/settings/api-keys", t("keys.title"), t("keys.about"), button()), rows.node);
  await rows.load();
}
