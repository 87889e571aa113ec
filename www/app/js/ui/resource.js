/* The page of a resource: a list with search and filters, a form in a dialog. A page of its own refines it. */
import { h, icon, toast } from "../dom.js";
import { post, remove } from "../api.js";
import { number, t } from "../i18n/index.js";
import { go } from "../router.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { ago } from "./bits.js";
import { confirmDialog } from "./dialog.js";
import { editDialog, nameOf, referred } from "./fields.js";
import { filters } from "./filters.js";
import { listPage } from "./list.js";
import { menu } from "./menu.js";
import { selection } from "./select.js";
import { statusTag } from "./status.js";
import { aboutOf, choiceOf, labelOf, nullOf, optionsOf, say, titleOf } from "./words.js";

const MOST_COLUMNS = 4;

/* What a field of the table offers to filter by: [value, words] each, or null. */
async function filterOptions(group, name, facts) {
  if (facts.choices) return optionsOf(group, name, facts);
  if (facts.type === "boolean") return [["true", t("yes")], ["false", t("no")]];
  return referred(facts);
}

/* Ask, and delete; true when it is gone. */
export const deleteDialog = (resource, row) => confirmDialog({
  title: say(resources[resource].group, "deleteTitle", { name: nameOf(row) }),
    text: say(resources[resource].group, "deleteText"),
  label: t("delete"), act: () => remove(`${resources[resource].path}/${row.id}`) });

/* A value of the table, to read. */
function shown(group, name, { type, choices }, value) {
  if (value == null) return h("span.soft", {}, nullOf(group, name) ?? "–");
  if (name === "status") return statusTag(value);
  if (choices) return choiceOf(group, name, value);
  if (type === "boolean") return t(value ? "yes" : "no");
  if (type === "time") return ago(value);
  if (type === "integer" || type === "number") return number(value);
  if (type === "id") return h("code.break", {}, value);
  return h("span.break", {}, Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value)
    : value);
}

/* `names`: what the rows are called that a field refers to, by id, where that is known. */
const column = (group, name, facts, names) => ({ label: labelOf(group, name), cell: (row) => {
  const other = names?.get(row[name]);
  return other ? h("span.break", {}, other) : shown(group, name, facts, row[name]);
} });

/* The fields a list shows: what people chose, but the name, what is long, and what switches the row off. */
function columnsOf({ group, fields }, titled, names) {
  const fits = ([name, facts]) => !facts.readOnly && !facts.detail && name !== titled && name !== "isEnabled" &&
    !["text", "ids", "list", "object", "map"].includes(facts.type);
  return Object.entries(fields).filter(fits).slice(0, MOST_COLUMNS)
    .map(([name, facts]) => column(group, name, facts, facts.refers && names[name]));
}

/*
 * The page. `refine` may hold:
 *
 *   columns     columns (list.js) instead of those of the table, between the name and the actions
 *   below       (row) => what stands in the first column, below what people call it
 *   edit        as editDialog() takes it
 *   href        (row or null) => the address of an editor of its own, instead of the dialog
 *   buttons     (row, update) => buttons before the others; items likewise, in the menu
 *   words       by name, options of a filter instead of the table's
 *   pace        how often to look for changes: { least, most }
 */
export async function resourcePage(resource, place, refine = {}) {
  const { group, path, scope, fields, trash } = resources[resource];
  const write = can(`${scope}:write`);
  const titled = ["name", "title", "label"].find((name) => fields[name]) ?? "id";
  const { href } = refine;
  const open = async (row) => {
    if (href) return go(href(row).slice(1));
    const answer = await editDialog(resource, row?.id, refine.edit);
    if (!answer) return undefined;
    toast(t("saved"));
    if (row) rows.update(answer.data); else await rows.load();
    return undefined;
  };
  const duplicate = async (row) => {
    const copy = (await post(`${path}/${row.id}/duplicate`)).data;
    toast(t("duplicated", { name: nameOf(copy) }));
    return href ? go(href(copy).slice(1)) : rows.load();
  };
  const drop = async (row) => {
    if (!(await deleteDialog(resource, row))) return;
    rows.drop(row.id);
    toast(t("deleted"));
  };
  const create = () => write && (href
    ? h("a.btn.primary", { href: href(null) }, icon("plus"), say(group, "new"))
    : h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), say(group, "new")));

  const filterable = Object.entries(fields).filter(([, facts]) => facts.filter);
  const filtered = await Promise.all(filterable.map(async ([name, facts]) => ({ name, label: labelOf(group, name),
    options: refine.words?.[name] ?? await filterOptions(group, name, facts) })));
  const names = Object.fromEntries(filtered.map((one) => [one.name, new Map(one.options)]));
  const name = (row) => h("div", {}, h("div.row", {},
    href ? h("a.name", { href: href(row) }, nameOf(row)) : h("span.name", {}, nameOf(row)),
    row.isEnabled === false && h("span.tag", {}, say(group, "off"))), refine.below?.(row));
  const actions = (row) => [refine.buttons?.(row, rows.update),
    write && !href && h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: nameOf(row) }),
      onclick: () => open(row) }, t("edit")),
    write && menu({ label: t("moreFor", { name: nameOf(row) }), items: [
      href && { label: t("edit"), act: () => open(row) },
      bodies[`${group}.duplicate`] && { label: t("duplicate"), act: () => duplicate(row) },
      ...(refine.items?.(row, rows.update) ?? []),
      { label: t("delete"), bad: true, act: () => drop(row) }] })];
  const filter = filters(place.query, { search: Object.values(fields).some((facts) => facts.search),
    fields: filtered.filter((one) => one.options) });
  const pick = write && selection({ path, nameOf, trash });
  const columns = [{ label: labelOf(group, titled), cell: name },
    ...(refine.columns ?? [...columnsOf(resources[resource], titled, names),
      column(group, "updatedAt", fields.updatedAt)]),
    { label: t("actions"), class: "actions", cell: actions }];
  const rows = listPage(place, {
    group, path, title: titleOf(resources[resource]), about: aboutOf(resources[resource]), create, filter,
    pace: refine.pace,
    rowClass: (row) => (row.isEnabled === false ? "off" : null),
    columns: pick ? pick.columns(columns) : columns,
  });
  if (pick) pick.follow(rows);
  await rows.load();
}
