/*
 * Why a run, a step or a chain ended, or something was not done, in the person's language: by its code and the values
 * of its sentence. What has no words there is said as the service said it. core/context/reasons.h tells how sentences
 * are made.
 */
import { h } from "../dom.js";
import { currentLanguage, known, needLate, t } from "../i18n/index.js";

await needLate();

const named = /\{(\w+)\}/g;

function sentence(code, params) {
  if (!known(`reason.${code}`)) return null;
  const values = Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) =>
    [name, typeof value === "string" ? value : sentence(value.code, value)]));
  if (Object.values(values).includes(null)) return null;
  const whole = (piece) => [...piece.matchAll(named)].every(([, name]) => values[name]);
  return t(`reason.${code}`).replace(/\[([^\]]*)\]/g, (_, pieces) => pieces.split("|").find(whole) ?? "")
    .replace(named, (_, name) => values[name] ?? "");
}

/* Of a row that has error, errorCode and errorParams; or lastError, lastErrorCode, … */
export function reasonOf(row, name = "error") {
  const said = sentence(row[`${name}Code`], row[`${name}Params`]);
  return said ? h("span", { lang: currentLanguage() }, said) : h("span", { lang: "en" }, row[name]);
}
