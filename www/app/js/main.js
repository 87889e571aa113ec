/* Start, and open the page that the address asks for. */
import { $, h } from "./dom.js";
import { ApiError, wire } from "./api.js";
import { setLanguage, t } from "./i18n/index.js";
import { current, session, forget } from "./session.js";
import { go, here, isGuarded, leave, mayLeave, ROUTES, visible } from "./router.js";
import { shell, highlight } from "./ui/shell.js";
import { errorState, skeleton } from "./ui/states.js";

const app = $("#app");
let main = null;      /* where pages go; null while nobody is signed in */
let open = null;      /* the open page's AbortController */
let address = null;   /* the open page's hash, to return to */

/* The door: sign in, first password, invitation. */
async function door(name, ...more) {
  main = null;
  open?.abort();
  const { default: show } = await import("./pages/door.js");
  app.replaceChildren(show(name, begin, ...more));
  ($("[autofocus]", app) ?? $("h1", app))?.focus();
}

/* The bell, once the first page is there. */
let ringing = null;
function ring() {
  clearTimeout(ringing);
  ringing = setTimeout(async () => (await import("./ui/bell.js")).ring(), 3000);
}

/* Build everything anew: after signing in or out, another language or another project. */
export async function begin() {
  if (!session.user) return door("signIn");
  if (session.mustChangePassword) return door("firstPassword");
  main = h("main", { id: "main", tabindex: "-1" });
  main.className = "main";
  app.replaceChildren(...shell(main, begin));
  ring();
  return show(false);
}

/* The signed-out session's dialog; one for all requests that wait for it. */
let again = null;
wire.signInAgain = () => {
  again ??= import("./pages/door.js").then((pages) => pages.signInAgain()).finally(() => { again = null; });
  return again;
};

function home() {
  const first = ROUTES.find((route) => route.nav && visible(route));
  return first ? first.path : "/account";
}

async function show(focus = true) {
  const at = here();
  if (location.hash.startsWith("#invitation=")) return door("invitation", location.hash.slice(12));
  if (!main) return undefined;
  if (at.path === "/" || at.path === "") return location.replace(`#${home()}`);
  open?.abort();
  leave(null);
  const own = new AbortController();
  open = own;
  address = location.hash;
  const root = h("div.page");
  main.replaceChildren(root);
  highlight(at.route);
  root.append(h("div.card.flush", {}, skeleton(6)));
  try {
    if (!at.route || !visible(at.route)) {
      root.replaceChildren(h("div.empty", {}, h("h1", { tabindex: "-1" }, t("notFound.title")),
        h("p", {}, t("notFound.text")),
        h("a.btn", { href: `#${home()}` }, t("notFound.back"))));
      document.title = `${t("notFound.title")} · CodeCourier`;
    } else {
      const { default: page } = await import(`./pages/${at.route.page}.js`);
      if (own.signal.aborted) return undefined;
      await page({ root, route: at.route, id: at.id, query: at.query, signal: own.signal });
    }
  } catch (error) {
    if (own.signal.aborted || error.name === "AbortError") return undefined;
    root.replaceChildren(errorState(error, () => show()));
  }
  if (own.signal.aborted) return undefined;
  const heading = $("h1", root);
  if (heading) {
    document.title = `${heading.textContent} · ${session.project?.name ?? "CodeCourier"} · CodeCourier`;
    if (focus && !root.contains(document.activeElement)) heading.focus();
  }
  if (focus) scrollTo(0, 0);
  return undefined;
}

addEventListener("hashchange", async () => {
  if (location.hash === address) return;
  const next = location.hash;
  if (isGuarded()) {
    history.replaceState(null, "", address);
    if (!(await mayLeave())) return;
    leave(null);
    history.replaceState(null, "", next);
  }
  show();
});
/* An action whose page did not catch what went wrong. */
addEventListener("unhandledrejection", async (event) => {
  if (!(event.reason instanceof ApiError)) return;
  event.preventDefault();
  (await import("./ui/dialog.js")).failed(event.reason);
});
addEventListener("beforeunload", (event) => { if (isGuarded()) event.preventDefault(); });

await setLanguage();
try {
  if (location.hash.startsWith("#invitation=")) {
    forget();
    await show();
  } else {
    await current();
    await begin();
  }
} catch (error) {
  app.replaceChildren(h("main.door", {}, errorState(error, () => location.reload())));
}

export { go };
