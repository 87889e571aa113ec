/* The page of a resource: a list with search and filters, a form in a dialog. A page of its own refines it. */
import { h, icon, toast } from "../dom.js";
import { get, poll, remove } from "../api.js";
import { number, t } from "../i18n/index.js";
import { go, setQuery } from "../router.js";
import { can } from "../session.js";
import { resources } from "../table.js";
import { ago } from "./bits.js";
import { confirmDialog } from "./dialog.js";
import { editDialog, nameOf, referred } from "./fields.js";
import { field } from "./form.js";
import { later, list, pageHead } from "./list.js";
import { menu } from "./menu.js";
import { empty } from "./states.js";
import { statusTag } from "./status.js";
import { aboutOf, choiceOf, labelOf, nullOf, optionsOf, say, titleOf } from "./words.js";

const MOST_COLUMNS = 4;

/* What a field of the table offers to filter by: [value, words] each, or null. */
async function filterOptions(group, name, facts) {
  if (facts.choices) return optionsOf(group, name, facts);
  if (facts.type === "boolean") return [["true", t("yes")], ["false", t("no")]];
  return referred(facts);
}

/*
 * What narrows a list, kept in the address.
 *
 *   search    true: there is a field to search in
 *   fields    { name, label, options } of a choice, or { name, label, type }
 *   changed   called after each change
 *
 * Answers { node, values, any }: `values` are the query, `any` tells whether there is one.
 */
export function filters({ query, search, fields, changed }) {
  const values = Object.fromEntries([...(search ? ["q"] : []), ...fields.map((one) => one.name)]
    .map((name) => [name, query.get(name) ?? ""]));
  const change = (name, value) => { values[name] = value; setQuery(values); changed(); };
  const typed = later((value) => change("q", value.trim()));
  const box = search && field({ name: "q", label: t("search"), type: "search", value: values.q, wide: true,
    oninput: (event) => typed(event.target.value) }).node;
  const rest = fields.map(({ options, ...one }) => {
    const act = (event) => change(one.name, event.target.value);
    const shape = options ? { type: "select", options: [["", t("all")], ...options], onchange: act }
      : one.type ? { onchange: act } : { oninput: later((event) => change(one.name, event.target.value.trim()), 400) };
    return field({ ...one, value: values[one.name], ...shape }).node;
  });
  return { values, get any() { return Object.values(values).some(Boolean); },
    node: box || rest.length ? h("div.filters", { role: "search" }, box, rest) : null };
}

/* Nothing to show: because of the filters, or because there is nothing yet. */
export const nothing = (group, any, ...actions) =>
  (any ? empty(t("list.nothing"), t("list.nothingText"))
    : empty(say(group, "none"), say(group, "noneText"), ...actions));

/* Keep the rows of a list true while `worth()` is so: ask `page()` again and again, and show what differs. */
export const follow = (rows, { root, signal, page, worth = () => true, ...pace }) => poll(async () => {
  if (root.querySelector(":popover-open") || rows.rows.length === 0 || !worth()) return false;
  const old = new Map(rows.rows.map((row) => [row.id, row]));
  const differs = (row) => JSON.stringify(old.get(row.id)) !== JSON.stringify({ ...old.get(row.id), ...row });
  const news = (await page()).data.filter((row) => old.has(row.id) && differs(row));
  news.forEach(rows.update);
  return news.length > 0;
}, { ...pace, signal });

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
 *   buttons     (row, rows) => buttons before the others; items likewise, in the menu
 *   words       by name, options of a filter instead of the table's
 *   pace        how often to look for changes: { least, most }
 */
export async function resourcePage(resource, { root, query, signal }, refine = {}) {
  const { group, path, scope, fields } = resources[resource];
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
  const drop = async (row) => {
    if (!(await deleteDialog(resource, row))) return;
    rows.drop(row.id);
    toast(t("deleted"));
  };
  const create = () => write && (href
    ? h("a.btn.primary", { href: href(null) }, icon("plus"), say(group, "new"))
    : h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), say(group, "new")));

  const filtered = await Promise.all(Object.entries(fields).filter(([, facts]) =>
    facts.filter).map(async ([name, facts]) =>
    ({ name, label: labelOf(group, name), options: refine.words?.[name] ?? await filterOptions(group, name, facts) })));
  const names = Object.fromEntries(filtered.map((one) => [one.name, new Map(one.options)]));
  const filter = filters({ query, search: Object.values(fields).some((facts) => facts.search),
    fields: filtered.filter((one) => one.options), changed: () => { rows.rows = []; return rows.load(); } });
  const page = (more) => get(path, { ...filter.values, ...more }, { signal });

  const name = (row) => h("div", {}, h("div.row", {},
    href ? h("a.name", { href: href(row) }, nameOf(row)) : h("span.name", {}, nameOf(row)),
    row.isEnabled === false && h("span.tag", {}, say(group, "off"))), refine.below?.(row));
  const actions = (row) => [refine.buttons?.(row, rows),
    write && !href && h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: nameOf(row) }),
      onclick: () => open(row) }, t("edit")),
    write && menu({ label: t("moreFor", { name: nameOf(row) }), items: [
      href && { label: t("edit"), act: () => open(row) }, ...(refine.items?.(row, rows) ?? []),
      { label: t("delete"), bad: true, act: () => drop(row) }] })];
  const rows = list({
    signal, caption: titleOf(resources[resource]), rowClass: (row) => (row.isEnabled === false ? "off" : null),
    page: (cursor) => page({ cursor }), none: () => nothing(group, filter.any, create()),
    columns: [{ label: labelOf(group, titled), cell: name },
      ...(refine.columns ?? [...columnsOf(resources[resource], titled, names),
        column(group, "updatedAt", fields.updatedAt)]),
      { label: t("actions"), class: "actions", cell: actions }],
  });
  root.replaceChildren(...[pageHead(titleOf(resources[resource]), aboutOf(resources[resource]), create()), filter.node,
    rows.node].filter(Boolean));
  await rows.load();
  if (refine.pace) follow(rows, { root, signal, page: () => page({ limit: 100 }), ...refine.pace });
}
