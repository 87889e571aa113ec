/* Dialogs: over the page, with the focus inside and back where it came from afterwards. */
import { $, h, icon, newId } from "../dom.js";
import { t } from "../i18n/index.js";
import { attempt, errorNotice } from "./states.js";

/*
 * Open a dialog and answer a promise of what it is closed with.
 *
 *   title      its heading
 *   body       nodes
 *   save       async () => value, called by its main button; the dialog closes with the value, or shows the error.
 *              Without it there is only a button to close.
 *   saveLabel, cancelLabel, danger, wide
 *   also       a button beside the main one, which does not close it
 *   form       a form object (form.js) whose fields take the API's complaints
 *   keep       true: neither Escape nor the close button ends it before its main button did
 */
export function openDialog({ title, body, save, saveLabel, cancelLabel, danger, wide, form, keep, also }) {
  return new Promise((resolve) => {
    const id = newId("dialog");
    const opener = document.activeElement;
    const trouble = h("div", {});
    let result;
    const main = save && h("button.btn", { type: "submit", class: danger ? "danger" : "primary" },
      saveLabel ?? t("save"));
    const dismiss = () => { if (!keep) dialog.close(); };
    const content = h("form", { novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      if (!save) return dialog.close();
      if (main.getAttribute("aria-busy")) return undefined;
      if (form && !form.check()) return undefined;
      const answer = await attempt({ button: main, trouble, form, act: save });
      if (answer) {
        result = answer.value;
        dialog.close();
      }
      return undefined;
    } },
    h("div.dialog-head", {}, h("h2", { id }, title),
      keep ? null : h("button.btn.quiet.icon.small", { type: "button", "aria-label": t("close"), onclick: dismiss },
        icon("close"))),
    h("div.dialog-body", {}, trouble, body),
    h("div.dialog-foot", {}, save && !keep && h("button.btn.quiet", { type: "button", onclick: dismiss },
      cancelLabel ?? t("cancel")),
      also, save ? main : h("button.btn.primary", { type: "submit" }, saveLabel ?? t("close"))));
    const dialog = h("dialog.dialog", { class: wide ? "wide" : null, "aria-labelledby": id }, content);
    dialog.addEventListener("cancel", (event) => { if (keep) event.preventDefault(); });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (opener?.isConnected) opener.focus();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    ($("[autofocus]", dialog) ?? (save ? $(".dialog-body :is(input, select, textarea)", dialog) ?? main
      : $(".dialog-foot button", dialog)))?.focus();
  });
}

/* A question before something that cannot be taken back. `act` does it; answers true when it was done. */
export const confirmDialog = ({ title, text, label, cancelLabel, act = async () => {}, danger = true }) =>
  openDialog({ title, body: [h("p", {}, text)].flat(), saveLabel: label, cancelLabel, danger,
    save: async () => { await act(); return true; } });

/* An action that failed and has no place of its own to say so. */
export const failed = (error) => openDialog({ title: t("failed"), body: [errorNotice(error)] });
