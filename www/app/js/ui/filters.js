/* Search and filters above a list. */
import { h } from "../dom.js";
import { t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { field } from "./form.js";
import { later } from "./list.js";

/*
 * What narrows a list, kept in the address.
 *
 *   query     of the address
 *   search    true: there is a field to search in
 *   fields    { name, label, options } of a choice, or { name, label, type }
 *
 * Answers { node, values, any, changed }: `values` are the query, `any` tells whether there is one; `changed` is set by
 * the list, and called after each change.
 */
export function filters(query, { search, fields }) {
  const values = Object.fromEntries([...(search ? ["q"] : []), ...fields.map((one) => one.name)]
    .map((name) => [name, query.get(name) ?? ""]));
  const change = (name, value) => { values[name] = value; setQuery(values); self.changed(); };
  const typed = later((value) => change("q", value.trim()));
  const box = search && field({ name: "q", label: t("search"), type: "search", value: values.q, wide: true,
    oninput: (event) => typed(event.target.value) }).node;
  const rest = fields.map(({ options, ...one }) => {
    const act = (event) => change(one.name, event.target.value);
    const shape = options ? { type: "select", options: [["", t("all")], ...options], onchange: act }
      : one.type ? { onchange: act } : { oninput: later((event) => change(one.name, event.target.value.trim()), 400) };
    return field({ ...one, value: values[one.name], ...shape }).node;
  });
  const self = { values, changed: null,
    node: box || rest.length ? h("div.filters", { role: "search" }, box, rest) : null,
    get any() { return Object.values(values).some(Boolean); } };
  return self;
}
