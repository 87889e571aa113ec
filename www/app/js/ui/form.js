/* Forms: fields with label, hint and error; checks before sending; the API's complaint beside the field it names. */
import { $, h, newId } from "../dom.js";
import { t } from "../i18n/index.js";
import { errorNotice } from "./states.js";

/*
 * One field.
 *
 *   name, label, hint, value, required, max, min, placeholder, autocomplete, autofocus
 *   type       text (default), email, password, number, url, date, time, area, select, check
 *   options    of a select: [value, words] each
 *   suggestions  texts to choose from, or to go beyond
 *   nullable   an empty text is sent as null
 */
export function field(spec) {
  const { name, label, hint, value, type = "text", options, required, max, min, rows } = spec;
  const id = newId("f");
  const about = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  const common = { id, name, required, "aria-describedby": about, autofocus: spec.autofocus, autocomplete: spec.autocomplete ?? "off",
    placeholder: spec.placeholder, oninput: spec.oninput, onchange: spec.onchange, class: spec.class };
  const wrong = h("p.wrong", { id: `${id}-wrong`, hidden: true });
  const below = [hint && h("p.hint", { id: `${id}-hint` }, hint), wrong];
  let control;
  let node;
  if (type === "check") {
    control = h("input", { ...common, type: "checkbox", checked: value });
    node = h("div.field", {}, h("label.check", { for: id }, control, h("span", {}, label)), ...below);
  } else {
    if (type === "area") control = h("textarea.input", { ...common, rows: rows ?? 4, maxlength: max, value: value ?? "" });
    else if (type === "select") control = h("select.input", common, options.map(([key, words]) => h("option", { value: key, selected: key === (value ?? "") }, words)));
    else control = h("input.input", { ...common, type, value: value ?? "", maxlength: type === "number" ? null : max, min, max: type === "number" ? max : null, list: spec.suggestions && `${id}-list` });
    node = h("div.field", { class: spec.wide ? "wide" : null }, h("label", { for: id }, label), control,
      spec.suggestions && h("datalist", { id: `${id}-list` }, spec.suggestions.map((value) => h("option", { value }))), ...below);
  }
  const say = (text) => {
    wrong.textContent = text ?? "";
    wrong.hidden = !text;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  control.addEventListener("input", () => say(null));
  return {
    name, node, control, say,
    check() {
      let text = null;
      if (control.validity.badInput || control.validity.typeMismatch) text = t(`wrong.${type}`);
      else if (required && type !== "check" && !control.value.trim()) text = t("wrong.required");
      else if (control.validity.rangeUnderflow || control.validity.rangeOverflow) text = t("wrong.range", { min: min ?? 0, max });
      else if (spec.check) text = spec.check(control.value);
      say(text);
      return !text;
    },
    get value() {
      if (type === "check") return control.checked;
      if (type === "number") return control.value === "" ? null : Number(control.value);
      if (type === "password") return control.value;
      const text = type === "area" ? control.value : control.value.trim();
      return text === "" && spec.nullable ? null : text;
    },
  };
}

/* Tells password managers whose password is asked for, where the page does not ask for the address. */
export const whose = (email) => h("input", { type: "email", autocomplete: "username", value: email, readonly: true, hidden: true });

/* Several fields (and things that look like one: name, node, value, check, say) as one. What is hidden is not checked. */
export function makeForm(fields) {
  return {
    fields,
    nodes: fields.map((one) => one.node),
    get: (name) => fields.find((one) => one.name === name),
    get values() { return Object.fromEntries(fields.map((one) => [one.name, one.value])); },
    check() {
      const bad = fields.filter((one) => !one.node.hidden && !one.check());
      (bad[0]?.control ?? (bad[0] && $("input, select, textarea", bad[0].node)))?.focus();
      return bad.length === 0;
    },
    /* Put the API's complaint beside its field; false if it names none of these. */
    complain(error) {
      const one = error.code === "VALIDATION" && error.field && fields.find((some) => some.name === error.field.split(/[.[]/)[0]);
      if (!one) return false;
      one.say(`${t("wrong.refused")} ${error.message}`);
      (one.control ?? $("input, select, textarea", one.node))?.focus();
      return true;
    },
  };
}

/* A form on the page: its fields, an error above, a button below. `save(values)`; `done(answer)` afterwards. */
export function pageForm({ form, before, body = form.nodes, save, saveLabel, done, disabled, actions }) {
  const trouble = h("div", {});
  const button = h("button.btn.primary", { type: "submit", disabled }, saveLabel ?? t("save"));
  const node = h("form.stack", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") || disabled || !form.check()) return;
    button.setAttribute("aria-busy", "true");
    trouble.replaceChildren();
    try {
      const answer = await save(form.values);
      button.removeAttribute("aria-busy");
      done?.(answer);
    } catch (error) {
      button.removeAttribute("aria-busy");
      if (!form.complain(error)) {
        trouble.replaceChildren(errorNotice(error));
        trouble.firstChild.focus();
      }
    }
  } }, before, trouble, body, disabled ? h("p.hint.soft.small", {}, t("readOnly")) : null, h("div.row", {}, button, actions));
  if (disabled) for (const one of form.fields) one.control?.setAttribute("disabled", "");
  return node;
}
