/* The frame around every page: project switcher, navigation, language, colour scheme, account. */
import { $, h, icon, svg } from "../dom.js";
import { DOCS } from "../api.js";
import { currentLanguage, known, LANGUAGES, setLanguage, t } from "../i18n/index.js";
import { go, isGuarded, mayLeave, ROUTES, leave, visible } from "../router.js";
import { choose, session, signOut } from "../session.js";
import { resources } from "../table-early.js";
import { menu } from "./menu.js";
import { titleOf } from "./words.js";

export function brand() {
  const mark = svg("svg", { viewBox: "0 0 32 32", width: 24, height: 24, "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8, fill: "#14635f" }),
    svg("path", { d: "M13.5 9.5 7.5 16l6 6.5M17 22.5l7.5-6.5L17 9.5M16 16h8", fill: "none", stroke: "#fff",
      "stroke-width": 2.6, "stroke-linecap": "round", "stroke-linejoin": "round" }));
  return [mark, h("span", {}, "CodeCourier")];
}

const THEMES = ["auto", "light", "dark"];

function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

function setTheme(next) {
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try { localStorage.setItem("codecourier.theme", next); } catch { /* then not */ }
}

/* Language and colour scheme; `changed` builds the page anew in the new language. */
export function preferences(changed) {
  const language = h("select.input.compact", { "aria-label": t("language"), onchange: async () => {
    if (isGuarded() && !(await mayLeave())) { language.value = currentLanguage(); return; }
    leave(null);
    await setLanguage(language.value, true);
    await changed();
    $("[data-pref=language]")?.focus();
  }, "data-pref": "language" }, Object.entries(LANGUAGES).map(([tag, name]) =>
    h("option", { value: tag, lang: tag, selected: tag === currentLanguage() }, name)));
  const scheme = h("select.input.compact",
    { "aria-label": t("theme"), onchange: () => setTheme(scheme.value), "data-pref": "theme" },
    THEMES.map((name) => h("option", { value: name, selected: name === theme() }, t(`theme.${name}`))));
  return [language, scheme];
}

function projectMenu(begin) {
  const pick = async (id) => {
    if (isGuarded() && !(await mayLeave())) return;
    leave(null);
    await choose(id);
    go("/");
    await begin();
  };
  const items = session.projects.map((project) =>
    ({ label: project.name, checked: project.id === session.project?.id, act: () => pick(project.id) }));
  if (session.projects.some((project) => project.role === "owner")) {
    items.push({ label: t("project.new"), icon: "plus",
      act: async () => (await import("../pages/new-project.js")).default(pick) });
  }
  return menu({ label: t("project.switch", { name: session.project?.name ?? "–" }),
    content: [h("span", {}, session.project?.name ?? t("project.none")), icon("fold")], class: "switcher", items });
}

function accountMenu(begin) {
  const out = async (everywhere) => {
    if (isGuarded() && !(await mayLeave())) return;
    leave(null);
    await signOut(everywhere);
    go("/");
    await begin();
  };
  const name = session.user.name || session.user.email;
  return menu({ label: t("account.menu", { name }), content: [h("span", {}, name), icon("fold")],
    class: "switcher quiet", items: [
      { label: t("account.title"), act: () => go("/account") },
      { label: t("signOut"), act: () => out(false) },
      { label: t("signOutEverywhere"), act: () => out(true) },
    ] });
}

/* What a page is called in the side column. */
const navWords = ({ path, resource }) => {
  const key = `nav.${path.slice(1)}`;
  return known(key) ? t(key) : titleOf(resources[resource]);
};

/* `tag`: the banner of the page, or a plain part of the drawer. */
function side(begin, tag = "header") {
  return h(`${tag}.side`, {}, h("a.brand", { href: "#/" }, brand()), projectMenu(begin),
    h("nav", { "aria-label": t("navigation") }, h("ul.nav", {},
      ROUTES.filter((route) => route.nav && visible(route)).map((route) =>
        h("li", {}, h("a", { href: `#${route.path}`, "data-path": route.path }, icon(route.nav), navWords(route)))),
      h("li", {}, h("a", { href: new URL(`${currentLanguage()}/`, DOCS).href, target: "_blank", rel: "noopener" },
        icon("book"), t("nav.docs"))))),
    h("div.side-foot", {}, h("div.row", {}, preferences(begin).map((control) => h("div.grow", {}, control))),
      accountMenu(begin)));
}

function openDrawer(begin) {
  const drawer = h("dialog.drawer", { "aria-label": t("navigation") },
    side(async () => { drawer.close(); await begin(); }, "div"),
    h("button.btn.quiet.icon.drawer-close", { type: "button", "aria-label": t("close"), onclick: () => drawer.close() },
      icon("close")));
  drawer.addEventListener("close", () => drawer.remove());
  drawer.addEventListener("click", (event) => { if (event.target === drawer ||
    event.target.closest("a")) drawer.close(); });
  document.body.append(drawer);
  import("./bell.js").then(({ again }) => again());
  highlight(null, drawer, $(".nav [aria-current]")?.dataset.path);
  drawer.showModal();
}

/* What goes into the page around <main>. */
export function shell(main, begin) {
  return [
    h("a.skip", { href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("skip")),
    h("div.frame", {}, side(begin),
      h("header.top", {}, h("button.btn.quiet.icon",
        { type: "button", "aria-label": t("menu"), "aria-haspopup": "dialog", onclick: () => openDrawer(begin) },
        icon("menu", 20)),
        h("a.brand", { href: "#/" }, brand()),
        h("a.btn.quiet.icon.bell", { href: "#/notifications", "aria-label": t("nav.notifications") },
          icon("bell", 20))),
      main),
  ];
}

/* Mark where we are. */
export function highlight(route, root = document, path = route?.of ?? route?.path) {
  for (const link of root.querySelectorAll(".nav a[data-path]")) {
    if (link.dataset.path === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
