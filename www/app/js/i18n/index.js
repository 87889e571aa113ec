/*
 * Words and numbers in the person's language. en.js and late-en.js are written by hand; languages.js and the others,
 * which have the same keys, are made of the catalogues in www/words.
 */
import { LANGUAGES } from "./languages.js";

export { LANGUAGES };

const KEPT = "codecourier.language";
let language = "en";
let messages = {};
let plural = new Intl.PluralRules("en");
let formats = {};

function wanted() {
  let kept = null;
  try { kept = localStorage.getItem(KEPT); } catch { /* no storage */ }
  return [kept, ...(navigator.languages ?? [])].filter(Boolean).flatMap((tag) => [tag, tag.split("-")[0]])
    .find((tag) => tag in LANGUAGES) ?? "en";
}

let late = () => ({}); /* the messages that the first page does without, by language */

/* Have those as well from here on. */
export async function needLate() {
  late = async (code) => (await import(`./late-${code}.js`)).default;
  messages = { ...messages, ...(await late(language)) };
}

export async function setLanguage(next = wanted(), keep = false) {
  messages = { ...(await import(`./${next}.js`)).default, ...(await late(next)) };
  language = next;
  plural = new Intl.PluralRules(next);
  /* The browser's own region where it speaks this language: en-GB writes dates otherwise than en-US. */
  const region = (navigator.languages ?? []).find((tag) => `${tag}-`.startsWith(`${next}-`)) ?? next;
  formats = { region, made: new Map() };
  document.documentElement.lang = next;
  if (keep) try { localStorage.setItem(KEPT, next); } catch { /* then not */ }
}

export const currentLanguage = () => language;

/* t("scopes.count", { n: 3 }): {name} is replaced; one of several forms is chosen by n. A missing key shows itself. */
export function t(key, values = {}) {
  let text = messages[key] ?? key;
  if (typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    (name in values ? (typeof values[name] === "number" ? number(values[name]) : values[name]) : whole));
}

/* Is there a message of this key? */
export const known = (key) => key in messages;

function format(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!formats.made.has(key)) formats.made.set(key, new kind(formats.region, options));
  return formats.made.get(key);
}

export const number = (value, options = {}) => format(Intl.NumberFormat, options).format(value);
export const percent = (value) => (value == null ? "–" : number(value, { style: "percent", maximumFractionDigits: 1 }));
export const money = (value) => (value == null ? "–" : number(value, { style: "currency", currency: "USD",
  minimumFractionDigits: 2, maximumFractionDigits: value && Math.abs(value) < 1 ? 4 : 2 }));
export const date = (iso, options = { dateStyle: "medium" }) =>
  format(Intl.DateTimeFormat, options).format(new Date(iso));
export const dateTime = (iso) => date(iso, { dateStyle: "medium", timeStyle: "short" });
/* A moment as the API writes it. */
export const isoTime = (when) => new Date(when).toISOString().replace(/\.\d+Z$/, "Z");

/* The beginning of a day of the person's own, `plus` days later, as the API takes it; "" for none. */
export function dayEdge(day, plus = 0) {
  if (!day) return "";
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + plus);
  return isoTime(at);
}
export const clock = (iso) => date(iso, { timeStyle: "medium" });

const STEPS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600],
  ["minute", 60]];

export function relative(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(unit === "second" ? 0 : Math.trunc(seconds / size),
    unit);
}

/* 75 -> "1m 15s", as the language shortens it */
export function duration(seconds) {
  if (seconds == null) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const parts = [["hour", Math.floor(whole / 3600)], ["minute", Math.floor((whole % 3600) / 60)],
    ["second", whole % 60]];
  const first = parts.findIndex(([, value]) => value > 0);
  if (first < 0) return number(seconds > 0 ? Math.round(seconds * 10) / 10 : 0,
    { style: "unit", unit: "second", unitDisplay: "narrow" });
  return parts.slice(first, first + 2).filter(([, value]) => value > 0)
    .map(([unit, value]) => number(value, { style: "unit", unit, unitDisplay: "narrow" })).join(" ");
}
