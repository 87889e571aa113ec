/* The tabs of the project's settings. */
import { h } from "../dom.js";
import { t } from "../i18n/index.js";
import { ROUTES, visible } from "../router.js";
import { pageHead } from "./list.js";

/* The page's head: the tabs, and below them the page's own heading with its actions. */
export function settingsHead(path, title, about, ...actions) {
  const tabs = h("nav.tabs", { "aria-label": t("nav.settings") },
    ROUTES.filter((route) => route.tab && visible(route)).map((route) =>
    h("a", { href: `#${route.path}`, "aria-current": route.path === path ? "page" : null }, t(`tab.${route.page}`))));
  requestAnimationFrame(() => tabs.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest",
    inline: "nearest" }));
  return [tabs, pageHead(title, about, ...actions)];
}
