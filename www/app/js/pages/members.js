/* Who works in this project, and who is invited. */
import { h, icon, toast } from "../dom.js";
import { all, get, patch, post, remove } from "../api.js";
import { date, needLate, t } from "../i18n/index.js";
import { can, current, session } from "../session.js";
import { bodies, queries } from "../table.js";
import { copyButton } from "../ui/copy.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { bodyField, tableField } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";
import { list, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty } from "../ui/states.js";
import { optionsOf } from "../ui/words.js";

await needLate();

/* Only owners make owners. */
function roleField(operation, more) {
  const facts = bodies[operation].role;
  const options = optionsOf("members", "role", facts).filter(([role]) => role !== "owner" || session.role === "owner");
  return tableField("members", "role", facts, { ...more, options });
}

async function invite() {
  const form = makeForm([bodyField("invitations.create", "email", { type: "email", autofocus: true }),
    roleField("invitations.create")]);
  const made = await openDialog({ title: t("members.invite"), form, body: form.nodes,
    saveLabel: t("members.inviteSave"), save: async () => (await post("/members/invitations", form.values)).data });
  if (!made) return null;
  const link = new URL(`#invitation=${made.token}`, document.baseURI).href;
  await openDialog({ title: t("members.linkTitle"), keep: true, saveLabel: t("members.linkDone"),
    save: async () => true, body: [
      h("p", {}, t("members.linkText", { email: made.email, date: date(made.expiresAt) })),
      h("div.secret", {}, h("code", { "data-secret": "" }, link),
        copyButton(link, t("members.linkCopy"), t("copy")))] });
  return made;
}

/* How many keys would end with this person's membership; whoever may not see keys is told without a number. */
const keysOf = async (person) => (can("keys:read")
  ? (await all("/project/api-keys", { ownerId: person.id })).filter((key) => !key.revokedAt).length : null);

/* Remove somebody.  What is to become of the keys is asked where an owner has the choice. */
async function removeMember(row) {
  const keys = await keysOf(row);
  const asked = keys && session.role === "owner";
  const choice = asked ? [tableField("members", "keys", queries["members.delete"].keys)] : [];
  const form = makeForm(choice);
  return openDialog({ title: t("members.removeTitle", { name: row.name || row.email }), danger: true, form,
    saveLabel: t("remove"),
    body: [h("p", {}, t("members.removeText")),
      h("p", {}, keys === null ? t("members.keysUnseen") : t("members.keysCount", { n: keys })), ...form.nodes],
    save: async () => { await remove(`/members/${row.id}${choice.length ? `?keys=${form.values.keys}` : ""}`);
      return true; } });
}

export default async function members({ root, signal }) {
  const write = can("members:write");
  const withinReach = (row) => write && (session.role === "owner" || row.role !== "owner");
  const change = async (row) => {
    const form = makeForm([roleField("members.update", { value: row.role })]);
    const done = await openDialog({ title: t("members.changeRole", { name: row.name || row.email }), form,
      body: [...form.nodes, h("p.soft.small", {}, t("members.roleKeys"))],
      save: async () => (await patch(`/members/${row.id}`, form.values)).data });
    if (!done) return;
    if (row.id === session.user.id) { await current(); location.reload(); }
    people.update(done);
    toast(t("saved"));
  };
  const drop = async (row) => {
    const own = row.id === session.user.id;
    const gone = own ? await confirmDialog({ title: t("members.leaveTitle"), text: t("members.leaveText"),
      label: t("members.leave"), act: () => remove(`/members/${row.id}`) }) : await removeMember(row);
    if (gone && own) location.reload();
    else if (gone) people.drop(row.id);
  };
  const people = list({
    signal, caption: t("members.title"), none: () => empty(t("members.none"), ""),
    page: (cursor) => get("/members", { cursor }, { signal }),
    columns: [
      { label: t("field.name"), cell: (row) => h("div", {},
        h("div.row", {}, h("span.name", {}, row.name || row.email),
          row.id === session.user.id && h("span.tag", {}, t("members.you"))),
        row.name && h("div.small.soft.break", {}, row.email)) },
      { label: t("field.role"), cell: (row) => h("span.tag", { class: row.role === "owner" ? "accent" : null },
        t(`role.${row.role}`)) },
      { label: t("members.since"), cell: (row) => date(row.createdAt) },
      { label: t("actions"), class: "actions",
        cell: (row) => (withinReach(row) || row.id === session.user.id) &&
        menu({ label: t("moreFor", { name: row.name || row.email }), items: [
          withinReach(row) && { label: t("members.changeRoleShort"), act: () => change(row) },
          write && { label: t(row.id === session.user.id ? "members.leave" : "remove"), bad: true,
            act: () => drop(row) }] }) },
    ],
  });
  const invited = list({
    signal, caption: t("members.invited"), page: (cursor) => get("/members/invitations", { cursor }, { signal }),
    none: () => h("p.soft.padded", {}, t("members.invitedNone")),
    columns: [
      { label: t("field.email"), cell: (row) => h("span.name", {}, row.email) },
      { label: t("field.role"), cell: (row) => h("span.tag", {}, t(`role.${row.role}`)) },
      { label: t("members.invitedBy"), cell: (row) => h("span.break", {}, row.invitedBy ?? "–") },
      { label: t("field.expiresAt"), cell: (row) => (new Date(row.expiresAt) < Date.now()
        ? h("span.tag.warn", {}, t("keys.expired")) : date(row.expiresAt)) },
      { label: t("actions"), class: "actions",
        cell: (row) => write && h("button.btn.small.quiet.danger-quiet",
          { type: "button", "aria-label": t("members.withdrawNamed", { name: row.email }), onclick: async () => {
            if (await confirmDialog({ title: t("members.withdrawTitle", { name: row.email }),
              text: t("members.withdrawText"), label: t("members.withdraw"),
              act: () => remove(`/members/invitations/${row.id}`) })) invited.drop(row.id);
          } }, t("members.withdraw")) },
    ],
  });
  const button = write && h("button.btn.primary", { type: "button",
    onclick: async () => { if (await invite()) await invited.load(); } }, icon("plus"), t("members.invite"));
  root.replaceChildren(pageHead(t("members.title"), t("members.about"), button), people.node,
    h("h2", {}, t("members.invited")), invited.node);
  await Promise.all([people.load(), invited.load()]);
}
