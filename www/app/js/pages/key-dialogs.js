/* Generate, edit, rotate and revoke a key, and show its secret once. */
import { h } from "../dom.js";
import { get, patch, post, remove } from "../api.js";
import { date, dateTime, isoTime, t } from "../i18n/index.js";
import { bodies } from "../table.js";
import { codeBlock, copyButton } from "../ui/copy.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { bodyField, tableForm } from "../ui/fields.js";
import { field, makeForm } from "../ui/form.js";
import { scopePicker } from "../ui/scopes.js";
import { environment, SNIPPETS } from "../ui/snippets.js";

const DAY = 86400e3;
const localDay = (when) => new Date(when.getTime() - when.getTimezoneOffset() * 60e3).toISOString().slice(0, 10);

/* When the key ends: presets, or a day of its own. */
function expiryField(current) {
  const own = field({ name: "day", label: t("keys.expiresOn"), type: "date",
    value: current ? localDay(new Date(current)) : "", min: localDay(new Date()) });
  const choice = field({ name: "expiresAt", label: t("field.expiresAt"), type: "select", value: current ? "keep" : "",
    onchange: show,
    options: [["", t("keys.expiresNever")],
      ...(current ? [["keep", t("keys.expiresKeep", { when: dateTime(current) })]] : []),
      ...[7, 30, 90, 365].map((n) => [String(n), t("keys.expiresIn", { n, date: date(Date.now() + n * DAY) })]),
        ["day", t("keys.expiresDay")]] });
  function show() { own.node.hidden = choice.value !== "day"; }
  show();
  return {
    name: "expiresAt", node: h("div.stack.tight", {}, choice.node, own.node), control: choice.control, say: choice.say,
    check() {
      if (choice.value !== "day") return true;
      const fine = own.value && new Date(`${own.value}T23:59:59`) > Date.now();
      own.say(fine ? null : t("keys.expiresFuture"));
      return Boolean(fine);
    },
    get value() {
      if (choice.value === "") return null;
      if (choice.value === "keep") return current;
      const when = choice.value === "day" ? new Date(`${own.value}T23:59:59`)
        : new Date(Date.now() + Number(choice.value) * DAY);
      return isoTime(when);
    },
  };
}

async function keyForm(key) {
  const catalogue = (await get("/scopes")).data;
  const form = await tableForm({ group: "keys", fields: bodies["keys.create"], row: key, refine: {
    mode: key ? null : {},
    expiresAt: expiryField,
    scopes: (chosen = []) => scopePicker(catalogue, chosen),
    allowedNetworks: { rows: 2 },
  } });
  const limits = ["allowedNetworks", "rateLimit"];
  const rest = form.fields.filter((one) => ["mode", "expiresAt"].includes(one.name));
  const advanced = h("details", { open: Boolean(key?.allowedNetworks?.length || key?.rateLimit) },
    h("summary", {}, t("keys.limits")),
    h("div.grid2.details-body", {}, limits.map((name) => form.get(name).node)));
  return { ...form, nodes: [form.get("name").node, h("div.grid2", {}, rest.map((one) => one.node)),
    form.get("scopes").node, advanced],
    get values() { return form.values; },
    complain(error) { if (limits.includes(error.field?.split(/[.[]/)[0])) advanced.open = true;
      return form.complain(error); } };
}

/* The one time the secret is shown. */
function showSecret(key, title) {
  const place = h("div", {});
  const choice = h("div.choice", { role: "group", "aria-label": t("keys.language") }, SNIPPETS.map(([name, text], i) =>
    h("button", { type: "button", "aria-pressed": String(i === 0), onclick: (event) => {
      for (const other of choice.children) other.setAttribute("aria-pressed", String(other === event.target));
      place.replaceChildren(codeBlock(name, text));
    } }, name)));
  place.replaceChildren(codeBlock(...SNIPPETS[0]));
  return openDialog({ title, wide: true, keep: true, saveLabel: t("keys.secretDone"), save: async () => true, body: [
    h("div.notice.warn", {}, h("strong", {}, t("keys.secretOnce")), h("p", {}, t("keys.secretOnceText"))),
    h("div.secret", {}, h("code", { "data-secret": "" }, key.key),
      copyButton(key.key, t("keys.secretCopy"), t("copy"))),
    h("h3", {}, t("keys.secretEnvironment")),
    codeBlock("Shell", environment(key.key)),
    h("div.row.between", {}, h("h3", {}, t("keys.secretFirst")), choice),
    place,
  ] });
}

/* Each answers the changed key, or undefined when the person thought better of it. */
export async function generateKey() {
  const form = await keyForm(null);
  const key = await openDialog({ title: t("keys.generate"), wide: true, form, body: form.nodes,
    saveLabel: t("keys.generateSave"), save: async () => {
      return (await post("/project/api-keys", form.values)).data;
    } });
  if (key) await showSecret(key, t("keys.secretTitle", { name: key.name }));
  return key;
}

export async function editKey(key) {
  const form = await keyForm(key);
  return openDialog({ title: t("keys.editTitle", { name: key.name }), wide: true, form, body: form.nodes,
    save: async () => {
      const { expiresAt, ...body } = form.values;
      if (expiresAt !== key.expiresAt) body.expiresAt = expiresAt;
      return (await patch(`/project/api-keys/${key.id}`, body)).data;
    } });
}

export async function rotateKey(key) {
  const facts = bodies["keys.rotate"].overlapSeconds;
  const overlap = bodyField("keys.rotate", "overlapSeconds", { value: String(facts.default),
    options: [0, 3600, 86400, 604800, 2592000].filter((seconds) => seconds <= facts.max).map((seconds) =>
      [String(seconds), t(`overlapSeconds.${seconds}`)]) });
  const form = makeForm([overlap]);
  const fresh = await openDialog({ title: t("keys.rotateTitle", { name: key.name }), form,
    body: [h("p", {}, t("keys.rotateText")), form.nodes], saveLabel: t("keys.rotate"),
    save: async () => (await post(`/project/api-keys/${key.id}/rotate`,
      { overlapSeconds: Number(overlap.value) })).data });
  if (fresh) await showSecret(fresh, t("keys.secretTitle", { name: fresh.name }));
  return fresh;
}

export const revokeKey = (key) => confirmDialog({ title: t("keys.revokeTitle", { name: key.name }),
  text: [h("p", {}, t("keys.revokeText")), h("p", {}, h("code", {}, `${key.prefix}…`))],
  label: t("keys.revoke"), act: () => remove(`/project/api-keys/${key.id}`) });
