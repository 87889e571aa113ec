/*
 * Words for what the table declares: the catalogue's, where it has any, or else the table's own, which are English.
 * The catalogue says field.NAME, hint.NAME, null.NAME (nothing chosen) and NAME.CHOICE; a group's own words have it
 * before the name, as in field.personas.type.
 */
import { h } from "../dom.js";
import { known, t } from "../i18n/index.js";

/* Fields whose choices are those of another. */
const CHOICES_OF = { "personas.type": "role" };

const first = (...keys) => keys.find(known);

/* "thinkingEffort" -> "Thinking effort", "issueIds" -> "Issues" */
export const spaced = (name) => {
  const words = name.replace(/Id(s?)$/, "$1").replace(/[._-]/g, " ").replace(/([a-z0-9])([A-Z])/g,
    (whole, a, b) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const labelKey = (group, name) => first(`field.${group}.${name}`, `field.${name}`);
export const isForeign = (group, name) => !labelKey(group, name);
export const labelOf = (group, name) => (isForeign(group, name) ? spaced(name) : t(labelKey(group, name)));

/* What is said below a field. Who knows its name by the catalogue is not told what the table says besides. */
export function hintOf(group, name, facts) {
  const key = first(`hint.${group}.${name}`, `hint.${name}`);
  if (key) return t(key, facts);
  return isForeign(group, name) && facts.help ? h("span", { lang: "en" }, facts.help) : null;
}

export function choiceOf(group, name, value) {
  const key = first(`${group}.${name}.${value}`, `${CHOICES_OF[`${group}.${name}`] ?? name}.${value}`);
  return key ? t(key) : spaced(value);
}

/* The choices of a field as a select takes them. */
export const optionsOf = (group, name, { choices }) => choices.map((one) => [one, choiceOf(group, name, one)]);

const nullKey = (group, name) => first(`null.${group}.${name}`, `null.${name}`);
export const nullOf = (group, name) => (nullKey(group, name) ? t(nullKey(group, name)) : null);

/* Words of a whole resource, such as "new" or "deleteTitle". */
export const say = (group, what, values) => t(first(`${group}.${what}`, `any.${what}`), values);
export const titleOf = ({ group }) => (known(`${group}.title`) ? t(`${group}.title`) : spaced(group));
export const aboutOf = ({ group, about }) =>
  (known(`${group}.about`) ? t(`${group}.about`) : about && h("span", { lang: "en" }, about));
