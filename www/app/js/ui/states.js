/* What a place shows while it waits, when there is nothing, and when something went wrong. */
import { h } from "../dom.js";
import { known, t } from "../i18n/index.js";
import { copyButton } from "./copy.js";

export const skeleton = (lines = 4) =>
  h("div.skeleton", { role: "status", "aria-label": t("loading") }, Array.from({ length: lines }, () => h("i", {})));

export const empty = (title, text, ...actions) => h("div.empty", {}, h("h2", {}, title), h("p", {}, text), ...actions);

/* What happened, in the person's language; the API's own English words where they say more. */
export function errorWords(error) {
  if (!error.code) console.error(error);
  const code = error.code && known(`error.${error.code}`) ? error.code : "UNKNOWN";
  const values = { seconds: error.retryAfter ?? 1 };
  return { what: t(`error.${code}`, values), todo: t(`error.${code}.todo`, values),
    detail: ["VALIDATION", "CONFLICT", "FORBIDDEN", "SCOPE_DENIED"].includes(code) ? error.message : "" };
}

function errorBody(error, retry) {
  const { what, todo, detail } = errorWords(error);
  return [
    h("strong", {}, what), h("p", {}, todo),
    detail && h("p.small.soft", { lang: "en" }, detail),
    (error.requestId || retry) && h("div.errors-foot", {},
      error.requestId && h("span.row", {}, h("span", {}, `${t("error.requestId")} `,
        h("code.break", {}, error.requestId)), copyButton(error.requestId, t("error.copyId"))),
      retry && h("button.btn.small", { type: "button", onclick: retry }, t("retry"))),
  ];
}

/* A whole place that could not be shown. */
export const errorState = (error, retry) =>
  h("div.card", {}, h("div.notice.bad", { role: "alert" }, errorBody(error, retry)));

/* A failed action, above what it belongs to. */
export const errorNotice = (error) => h("div.notice.bad", { role: "alert", tabindex: "-1" }, errorBody(error, null));

/*
 * Do what a form's button is for, once at a time. What goes wrong is said beside its field, or else in `trouble`.
 * Answers { value } when it was done.
 */
export async function attempt({ button, trouble, form, act }) {
  button.setAttribute("aria-busy", "true");
  trouble.replaceChildren();
  try {
    return { value: await act() };
  } catch (error) {
    if (form?.complain(error)) return null;
    trouble.replaceChildren(errorNotice(error));
    trouble.firstChild.focus();
    return null;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/* Fill a place with what `load` answers, with a skeleton before and an error with "try again" instead. */
export async function fill(place, load, lines) {
  place.replaceChildren(skeleton(lines));
  place.setAttribute("aria-busy", "true");
  try {
    place.replaceChildren(...[await load()].flat());
  } catch (error) {
    if (error.name !== "AbortError") place.replaceChildren(errorState(error, () => fill(place, load, lines)));
  }
  place.removeAttribute("aria-busy");
}
