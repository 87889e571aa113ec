/* Several files, each with its path and what it says. */
import { h, icon } from "../dom.js";
import { t } from "../i18n/index.js";
import { tableField } from "./fields.js";
import { makeForm } from "./form.js";
import { hintOf, labelOf } from "./words.js";

const complete = { required: false, optional: false };

/*
 * Behaves like a field (form.js) whose value is the list of files.
 *
 *   name, facts  of the table: a list of { path, content }
 *   files        those there are
 */
export function filesField(group, name, facts, files) {
  const { path, content } = facts.fields;
  const box = h("div.stack", {});
  const wrong = h("p.wrong", { role: "alert", hidden: true });
  const say = (text) => { wrong.textContent = text ?? ""; wrong.hidden = !text; };
  let forms = [];

  function add(file) {
    const form = makeForm([tableField(group, "path", path, { value: file.path }),
      tableField(group, "content", content, { value: file.content, ...complete, rows: 8 })]);
    form.node = h("div.card.stack.tight", {}, form.nodes, h("div.row", {}, h("button.btn.small.quiet",
      { type: "button", onclick: () => drop(form) }, icon("close"), t("files.remove"))));
    forms.push(form);
    box.append(form.node);
    draw();
    return form;
  }

  function drop(form) {
    const at = forms.indexOf(form);
    forms = forms.filter((one) => one !== form);
    form.node.remove();
    draw();
    (forms[Math.min(at, forms.length - 1)]?.get("path").control ?? more).focus();
  }

  function draw() {
    say(null);
    more.hidden = forms.length >= facts.max;
  }

  const hint = hintOf(group, name, facts);
  const another = () => add({ path: "", content: "" }).get("path").control.focus();
  const more = h("button.btn", { type: "button", onclick: another }, icon("plus"), t("files.add"));
  for (const file of files) add(file);
  return {
    name, say, isShort: false,
    node: h("fieldset.field.stack", {}, h("legend.legend", {}, labelOf(group, name)), hint && h("p.hint", {}, hint),
      wrong, box, h("div.row", {}, more)),
    check() { say(null); return forms.map((form) => form.check()).every(Boolean); },
    get value() { return forms.map((form) => form.values); },
  };
}
