/* Forms: fields with label, hint and error; checks before sending; the API's complaint beside the field it names. */
import { $, h, newId } from "../dom.js";
import { isoTime, t } from "../i18n/index.js";
import { attempt } from "./states.js";

const INPUTS = { whole: "number", moment: "datetime-local" };
const AREAS = ["area", "lines", "json"];
const two = (n) => String(n).padStart(2, "0");

/* A moment as a control shows it: in the person's own time, to the minute. */
function localTime(iso) {
  const at = new Date(iso);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/* From a control's text to the value, and back, by type; others are their text. */
const FROM_TEXT = {
  number: (text) => (text === "" ? null : Number(text)),
  whole: (text) => (text === "" ? null : Number(text)),
  moment: (text) => (text === "" ? null : isoTime(text)),
  lines: (text) => text.split(/[\s,]+/).filter(Boolean),
  json: (text) => (text.trim() === "" ? null : JSON.parse(text)),
  password: (text) => text,
  area: (text) => text,
};
const TO_TEXT = {
  moment: (value) => value && localTime(value),
  lines: (value) => value?.join("\n"),
  json: (value) => value && JSON.stringify(value, null, 2),
};

function makeControl(common, { type, value, options, min, max, rows, suggestions, nullable }) {
  const text = TO_TEXT[type]?.(value) ?? value ?? "";
  if (type === "check") return h("input", { ...common, type: "checkbox", checked: value });
  if (AREAS.includes(type)) return h("textarea.input", { ...common, rows: rows ?? 4, value: text });
  if (type === "select") {
    const all = nullable && !options.some(([key]) => key === "") ? [["", "–"], ...options] : options;
    return h("select.input", common, all.map(([key, words]) =>
      h("option", { value: key, selected: key === text }, words)));
  }
  const span = ["number", "whole", "date"].includes(type) ? { min, max, step: type === "number" ? "any" : null } : {};
  return h("input.input", { ...common, ...span, type: INPUTS[type] ?? type, value: text,
    list: suggestions && `${common.id}-list` });
}

/* What does not fit, in words; null when all is well. */
function complaint(control, { type, required, min, max, check }) {
  const { validity, value } = control;
  if (validity.badInput || validity.typeMismatch) return t(`wrong.${type}`);
  if (type === "check") return null;
  if (!value.trim()) return required ? t("wrong.required") : check?.(value) ?? null;
  if (validity.stepMismatch) return t("wrong.whole");
  if (validity.rangeUnderflow || validity.rangeOverflow) {
    return t(min == null ? "wrong.most" : max == null ? "wrong.least" : "wrong.range", { min, max });
  }
  if (type === "json") {
    try { JSON.parse(value); } catch { return t("wrong.json"); }
  } else if (type === "lines") {
    const count = FROM_TEXT.lines(value).length;
    if (count > max) return t("wrong.many", { max });
  } else if (!["number", "whole", "select", "date", "time", "moment"].includes(type)) {
    const length = [...(type === "area" || type === "password" ? value : value.trim())].length; /* as the API counts */
    if (length > max) return t("wrong.long", { max, n: length });
    if (length < min) return t("wrong.short", { min });
  }
  return check?.(value) ?? null;
}

/*
 * One field.
 *
 *   name, label, hint, value, required, placeholder, autocomplete, autofocus
 *   type       text (default), email, password, number, whole, url, date, time, moment, area, lines, json, select or
 *              check
 *   min, max   of a number, or of the length of a text
 *   options    of a select: [value, words] each
 *   suggestions  texts to choose from, or to go beyond
 *   nullable   an empty text is sent as null; optional: not at all
 *   lang       of label, where it is not the page's
 *   check      (text) => what is wrong with it, or null
 */
export function field(spec) {
  const { name, label, hint, type = "text", required, lang } = spec;
  const id = newId("f");
  const about = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  const common = { id, name, required, "aria-describedby": about, autofocus: spec.autofocus,
    autocomplete: spec.autocomplete ?? "off", placeholder: spec.placeholder, oninput: spec.oninput,
    onchange: spec.onchange, class: spec.class };
  const wrong = h("p.wrong", { id: `${id}-wrong`, hidden: true });
  const below = [hint && h("p.hint", { id: `${id}-hint` }, hint), wrong];
  const control = makeControl(common, { ...spec, type });
  const shown = control.value;
  const node = type === "check"
    ? h("div.field", {}, h("label.check", { for: id, lang }, control, h("span", {}, label)), below)
    : h("div.field", { class: spec.wide ? "wide" : null }, h("label", { for: id, lang }, label), control,
      spec.suggestions && h("datalist", { id: `${id}-list` }, spec.suggestions.map((value) => h("option", { value }))),
        below);
  const say = (text) => {
    wrong.textContent = text ?? "";
    wrong.hidden = !text;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  control.addEventListener("input", () => say(null));
  return {
    name, node, control, say, isShort: !AREAS.includes(type) && type !== "check",
    check() {
      const text = complaint(control, { ...spec, type });
      say(text);
      return !text;
    },
    get value() {
      if (type === "check") return control.checked;
      if (type === "moment" && spec.value && control.value === shown) return spec.value; /* its seconds are not shown */
      const made = FROM_TEXT[type] ? FROM_TEXT[type](control.value) : control.value.trim();
      const isEmpty = made == null || made.length === 0;
      return isEmpty && spec.optional ? undefined : isEmpty && spec.nullable ? null : made;
    },
  };
}

/* Tells password managers whose password is asked for, where the page does not ask for the address. */
export const whose = (email) => h("input", { type: "email", autocomplete: "username", value: email, readonly: true,
  hidden: true });

/* Several fields (and what looks like one: name, node, value, check, say) as one. What is hidden is not checked. */
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
      const one = error.code === "VALIDATION" && error.field &&
        fields.find((some) => some.name === error.field.split(/[.[]/)[0]);
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
    const answer = await attempt({ button, trouble, form, act: () => save(form.values) });
    if (answer) done?.(answer.value);
  } }, before, trouble, body, disabled ? h("p.hint.soft.small", {}, t("readOnly")) : null,
    h("div.row", {}, button, actions));
  if (disabled) for (const one of form.fields) one.control?.setAttribute("disabled", "");
  return node;
}
