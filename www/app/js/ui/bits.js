/* Small things that several pages show. */
import { h } from "../dom.js";
import { date, dateTime, relative, t } from "../i18n/index.js";

const WEEK = 7 * 86400e3;

/* "3 hours ago", with the exact time for those who ask; the day when it is long ago. */
export function ago(iso) {
  if (!iso) return h("span.soft", {}, t("never"));
  return h("time.nowrap", { datetime: iso, title: dateTime(iso) },
    Date.now() - new Date(iso) > WEEK ? date(iso) : relative(iso));
}

/* The first few of a list of scopes; a button shows the rest. */
export function scopeTags(scopes, most = 2) {
  const tag = (scope) => h("code.tag", {}, scope);
  const box = h("div.tags", {}, scopes.slice(0, scopes.length > most + 1 ? most : undefined).map(tag));
  if (scopes.length > most + 1) {
    const more = h("button.tag.btn-tag", { type: "button",
      "aria-label": t("scopes.showAll", { n: scopes.length - most }),
      onclick: () => more.replaceWith(...scopes.slice(most).map(tag)) }, `+${scopes.length - most}`);
    box.append(more);
  }
  return box;
}
