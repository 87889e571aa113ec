/* How many notifications are unread, beside every way to them. */
import { h } from "../dom.js";
import { get, poll } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { session } from "../session.js";

await needLate();

let last = 0;

/* Where there is a way to them: in the side column, in the drawer, and in the bar of narrow screens. */
function show(count) {
  for (const way of document.querySelectorAll("a[href='#/notifications']")) {
    way.querySelector("[data-unread]")?.remove();
    if (count > 0) way.append(h("span.tag.accent", { "data-unread": count },
      h("span", { "aria-hidden": "true" }, count), h("span.sr-only", {}, t("notifications.unread", { n: count }))));
    if (way.classList.contains("bell")) way.setAttribute("aria-label", count > 0
      ? `${t("nav.notifications")}, ${t("notifications.unread", { n: count })}` : t("nav.notifications"));
  }
}

/* Ask now; true: the count has changed. */
export async function look(signal) {
  if (!session.project) return false;
  const { count } = (await get("/notifications/unread-count", {}, { open: true, signal })).data;
  const news = count !== last;
  last = count;
  show(count);
  return news;
}

/* Keep it true from here on; whatever was kept before is left. */
let own = null;
export function ring() {
  own?.abort();
  own = new AbortController();
  show(last);
  poll(() => look(own.signal), { least: 30, most: 120, signal: own.signal });
}

/* A drawer has been opened. */
export const again = () => show(last);
