/* Forms of what the table declares: types, limits, choices and defaults stand there, and nowhere else. */
import { h, newId } from "../dom.js";
import { all, get, patch, post } from "../api.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { t } from "../i18n/index.js";
import { openDialog } from "./dialog.js";
import { field, makeForm } from "./form.js";
import { orderField } from "./order.js";
import { hintOf, isForeign, labelOf, nullOf, optionsOf, say } from "./words.js";

const TYPES = { line: "text", text: "area", choice: "select", boolean: "check", integer: "whole", number: "number",
  url: "url", time: "moment", id: "text", ids: "lines", networks: "lines", scopes: "lines",
  list: "json", object: "json", map: "json" };
const MAY_BE_EMPTY = ["boolean", "ids", "networks", "scopes"];

/* What people call a row. */
export const nameOf = (row) => row.name ?? row.title ?? row.label ?? row.id;

/* The rows that an id may refer to, as [id, name]; null for those who may not see them. */
export async function referred({ refers }) {
  const resource = resources[refers];
  if (!resource || !can(`${resource.scope}:read`)) return null;
  return (await all(resource.path)).map((row) => [row.id, nameOf(row)]);
}

/* The options, and those of `values` that are none of them: what is gone is not changed by saving the rest. */
function withValues(options, values) {
  const missing = values.filter((value) => value != null && !options.some(([key]) => key === value));
  return [...options, ...missing.map((value) => [value, value])];
}

/* One field of the table; `more` is what field() takes, and goes before what the table says. */
export function tableField(group, name, facts, more = {}) {
  const { required, nullable, min, max } = facts;
  const value = "value" in more ? more.value : facts.default;
  const given = more.options ?? (facts.choices && optionsOf(group, name, facts));
  const options = given && withValues(given, [value]);
  const empty = nullable ? nullOf(group, name) : null;
  return field({ name, label: labelOf(group, name), hint: hintOf(group, name, facts),
    lang: isForeign(group, name) ? "en" : null, type: options ? "select" : TYPES[facts.type],
    value, required, nullable, min, max, rows: max > 5000 ? 6 : 3, placeholder: options ? null : empty, ...more,
    options: options && empty && options[0]?.[0] !== "" ? [["", empty], ...options] : options });
}

/* Several rows, in an order. */
const idsField = (group, name, facts, { value, options }) => orderField({ name, label: labelOf(group, name),
  lang: isForeign(group, name) ? "en" : null, hint: hintOf(group, name, facts), addLabel: t("order.another"),
  options: withValues(options, value ?? []), chosen: value ?? [], most: facts.max ?? Infinity,
  required: facts.required });

/* The same, or null: what that means is ticked then, and is something else than none of them. */
function idsOrNull(group, name, facts, given) {
  const ids = idsField(group, name, facts, given);
  const show = () => { ids.node.hidden = all.control.checked; };
  const all = field({ name: `${name}-all`, label: nullOf(group, name), type: "check", value: given.value == null,
    onchange: show });
  show();
  return { name, node: h("div.stack.tight", {}, all.node, ids.node), control: all.control, isShort: false,
    say(text) { ids.say(text); all.say(text); },
    check: () => all.control.checked || ids.check(),
    get value() { return all.control.checked ? null : ids.value; } };
}

/* Any number of the choices, ticked, by their words if there are `options`; it behaves like a field (form.js). */
function choicesField(group, name, facts, { value, options }) {
  const boxes = facts.choices.map((one) =>
    h("input", { type: "checkbox", id: newId("choice"), value: one, checked: (value ?? []).includes(one) }));
  const wrong = h("p.wrong", { role: "alert", hidden: true });
  const hint = hintOf(group, name, facts);
  const words = new Map(options);
  const node = h("fieldset.field.stack.tight", {}, h("legend.legend", {}, labelOf(group, name)),
    hint && h("p.hint", {}, hint), h("div.grid2", {}, boxes.map((box) =>
      h("label.check", { for: box.id }, box, words.get(box.value) ?? h("code", {}, box.value)))), wrong);
  const say = (text) => { wrong.textContent = text ?? ""; wrong.hidden = !text; };
  return { name, node, say, isShort: false, check: () => { say(null); return true; },
    get value() { return boxes.filter((box) => box.checked).map((box) => box.value); } };
}

/* What has a value keeps one, unless it may be null or empty; what is new may leave out what has a default. */
const emptiness = ({ required, nullable, min, type }, row) => (row
  ? { required: required || !(nullable || (type === "text" && min === 0) || MAY_BE_EMPTY.includes(type)) }
  : { optional: !required && !nullable });

/* A field of the body of an operation that belongs to no plain resource, such as "members.update". */
export const bodyField = (operation, name, more) =>
  tableField(operation.slice(0, operation.lastIndexOf(".")), name, bodies[operation][name], more);

/* Cut into as few parts as hold three at most, the later ones longer: five are two and three. */
function parts(things) {
  const count = Math.ceil(things.length / 3);
  const edge = (i) => Math.floor(things.length * i / count);
  return Array.from({ length: count }, (_, i) => things.slice(edge(i), edge(i + 1)));
}

/* Short fields stand beside each other, long ones have a line of their own. */
function layout(fields) {
  const rows = [];
  for (const one of fields) {
    if (one.isShort && rows.at(-1)?.at(-1).isShort) rows.at(-1).push(one);
    else rows.push([one]);
  }
  return rows.flatMap(parts).map((row) =>
    (row.length > 1 ? h("div.grid2", {}, row.map((one) => one.node)) : row[0].node));
}

/*
 * A form of fields of the table.
 *
 *   row      the values there are: then fixed fields are left out; without it the defaults
 *   refine   by name: what tableField() takes besides, or (value) => a field instead of it, or null for none; as only
 *            these fields are wanted, in this order, give `only`
 */
export async function tableForm({ group, fields, row, refine = {}, only = Object.keys(fields) }) {
  const wanted = only.filter((name) => refine[name] !== null && !fields[name].readOnly && !(row && fields[name].fixed));
  const asked = await Promise.all(wanted.map(async (name, i) => {
    const facts = fields[name];
    const value = row ? row[name] : facts.default;
    if (typeof refine[name] === "function") return refine[name](value);
    const options = refine[name]?.options ?? await referred(facts);
    if (facts.type === "ids" && options) {
      return (nullOf(group, name) ? idsOrNull : idsField)(group, name, facts, { value, options });
    }
    if (facts.type === "ids" && row) return null; /* who may not see them leaves them as they are */
    if (facts.type === "choices") return choicesField(group, name, facts, { value, options });
    return tableField(group, name, facts,
      { value, autofocus: i === 0, ...emptiness(facts, row), ...(options && { options }), ...refine[name] });
  }));
  const made = asked.filter(Boolean);
  return Object.assign(makeForm(made), { layout: layout(made) });
}

/*
 * Make a row of a resource, or change the one of this id. Answers the API's answer, or undefined when the person
 * thought better of it.
 *
 *   refine   as above
 *   body     (form) => nodes, instead of the usual layout
 *   sent     (values) => what is sent
 *   createLabel  of the button that makes a new one
 */
export async function editDialog(resource, id, { refine, body, sent = (values) => values, createLabel } = {}) {
  const { group, path, fields } = resources[resource];
  const { data, etag } = id ? await get(`${path}/${id}`) : {};
  const form = await tableForm({ group, fields, row: data,
    refine: typeof refine === "function" ? refine(data) : refine });
  return openDialog({ title: say(group, id ? "edit" : "new"), wide: true, form, saveLabel: id ? null : createLabel,
    body: body ? body(form) : form.layout,
    save: () => (id ? patch(`${path}/${id}`, sent(form.values), { etag }) : post(path, sent(form.values))) });
}
