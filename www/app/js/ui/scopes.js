/* Choosing scopes: grouped by resource, each with what it allows and what it includes. */
import { h, newId } from "../dom.js";
import { known, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { spaced } from "./words.js";

await needLate();

const meaning = (scope) => (known(`scope.${scope.scope}`) ? t(`scope.${scope.scope}`) : scope.meaning);
const groupName = (resource) => (known(`resource.${resource}`) ? t(`resource.${resource}`) : spaced(resource));
const resourceOf = (scope) => scope.split(":")[0];

/* Behaves like a field (form.js). `catalogue` is GET /scopes, `chosen` a list of names. */
export function scopePicker(catalogue, chosen) {
  const mine = new Set(chosen);
  const wrongId = newId("scopes");
  const wrong = h("p.wrong", { id: wrongId, role: "alert", hidden: true });
  const boxes = new Map();
  const resources = [...new Set(catalogue.map((scope) => resourceOf(scope.scope)))];

  /* What is included in something else that is ticked. */
  const included = () => new Map(catalogue.filter((scope) => mine.has(scope.scope)).flatMap((scope) =>
    scope.includes.map((other) => [other, scope.scope])));

  function show() {
    const through = included();
    for (const [name, { box, row, note }] of boxes) {
      const by = through.get(name);
      box.checked = mine.has(name) || Boolean(by);
      box.disabled = Boolean(by) || !can(name);
      row.classList.toggle("included", Boolean(by));
      note.textContent = by ? t("scopes.includedIn", { scope: by }) : can(name) ? "" : t("scopes.notYours");
      note.hidden = !note.textContent;
    }
    count.textContent = t("scopes.count", { n: [...boxes.values()].filter(({ box }) => box.checked).length });
    say(null);
  }

  function say(text) {
    wrong.textContent = text ?? "";
    wrong.hidden = !text;
  }

  function line(scope) {
    const id = newId("scope");
    const note = h("span.small.soft", { hidden: true });
    const box = h("input", { type: "checkbox", id, value: scope.scope, "aria-describedby": `${id}-about`,
      onchange: () => {
        if (box.checked) mine.add(scope.scope);
        else mine.delete(scope.scope);
        show();
      } });
    const row = h("label.check", { for: id }, box, h("span", {}, h("code", {}, scope.scope)));
    const about = h("div.small.soft", { id: `${id}-about` }, meaning(scope),
      scope.includes.length ? ` ${t("scopes.includes", { scopes: scope.includes.join(", ") })}` : "", " ", note);
    boxes.set(scope.scope, { box, row, note });
    return h("div.scope", {}, row, about);
  }

  const groups = resources.map((resource) => h("fieldset.scope-group", {}, h("legend", {}, groupName(resource)),
    h("div.stack.tight", {}, catalogue.filter((scope) => resourceOf(scope.scope) === resource).map(line))));
  const count = h("span.small.soft", { "aria-live": "polite" });
  const set = (names) => { mine.clear(); names.forEach((name) => can(name) && mine.add(name)); show(); };
  const node = h("fieldset.stack.tight", { "aria-describedby": wrongId }, h("legend.legend", {}, t("scopes.title")),
    h("div.row.between", {}, count, h("div.row", {},
      h("button.btn.small.quiet", { type: "button", onclick: () =>
        set(catalogue.map((scope) => scope.scope).filter((name) => name.endsWith(":read"))) }, t("scopes.allRead")),
      h("button.btn.small.quiet", { type: "button", onclick: () => set([]) }, t("scopes.none")))),
    wrong, h("div.scopes", {}, groups));
  node.classList.add("field");
  show();
  return {
    name: "scopes", node, say,
    check() { say(mine.size ? null : t("scopes.missing")); return mine.size > 0; },
    get value() {
      const through = included();
      return catalogue.map((scope) => scope.scope).filter((name) => mine.has(name) && !through.has(name));
    },
  };
}
