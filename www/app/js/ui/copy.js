/* Copying to the clipboard, also where the page is served over plain HTTP. */
import { announce, h, icon } from "../dom.js";
import { t } from "../i18n/index.js";

async function copy(text, near) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea.sr-only", { "aria-hidden": "true", value: text });
    near.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    near.focus();
  }
}

/* Without words of its own it is an icon whose name is `label`. */
export function copyButton(text, label, words) {
  const says = h("span", {}, words ?? "");
  const button = h(words ? "button.btn.small" : "button.btn.small.icon.quiet",
    { type: "button", "aria-label": words ? null : label, title: words ? null : label });
  const idle = () => { button.replaceChildren(icon("copy"), ...(words ? [says] : [])); says.textContent = words ?? "";
    };
  button.addEventListener("click", async () => {
    await copy(typeof text === "function" ? text() : text, button);
    announce(t("copied"));
    button.replaceChildren(icon("check"), ...(words ? [says] : []));
    if (words) says.textContent = t("copied");
    setTimeout(idle, 2000);
  });
  idle();
  return button;
}

/* A block of code with its name and a copy button. */
export function codeBlock(name, text) {
  return h("div.code", {}, h("div.code-head", {}, h("span", {}, name), copyButton(text, t("copyOf", { name }))),
    h("pre", { tabindex: "0", role: "group", "aria-label": name }, h("code", {}, text)));
}
