/* Several of a list, in an order of one's own. */
import { announce, h, icon } from "../dom.js";
import { t } from "../i18n/index.js";
import { field } from "./form.js";

/*
 * Behaves like a field (form.js) whose value is the list of chosen ids.
 *
 *   name, label, lang, hint, addLabel
 *   options   [id, words] each
 *   chosen    ids
 *   most      how many at most
 *   required  at least one
 */
export function orderField({ name, label, lang, hint, addLabel, options, chosen = [], most, required }) {
  const words = new Map(options);
  let ids = chosen.filter((id) => words.has(id));
  const box = h("ol.order", {});
  const wrong = h("p.wrong", { role: "alert", hidden: true });
  const add = h("button.btn", { type: "button", onclick: () => { if (pick.value) { ids.push(pick.value); draw(); } } },
    icon("plus"), t("order.add"));
  const picked = field({ name: `${name}-add`, label: addLabel, type: "select", options: [] });
  const pick = picked.control;
  const say = (text) => { wrong.textContent = text ?? ""; wrong.hidden = !text; };

  function move(at, by, what) {
    const to = at + by;
    [ids[at], ids[to]] = [ids[to], ids[at]];
    draw();
    (box.children[to].querySelector(`[data-do=${what}]:enabled`) ??
      box.children[to].querySelector("button:enabled")).focus();
    announce(t("step.moved", { name: words.get(ids[to]), n: to + 1, of: ids.length }));
  }

  function drop(at) {
    const [gone] = ids.splice(at, 1);
    draw();
    (box.children[Math.min(at, ids.length - 1)]?.querySelector("[data-do=drop]") ?? pick).focus();
    announce(t("step.removed", { name: words.get(gone) }));
  }

  function line(id, at) {
    const button = (what, label, image, act, disabled) =>
      h("button.btn.quiet.icon.small", { type: "button", "data-do": what, "aria-label": label, disabled, onclick: act },
        icon(image));
    const title = words.get(id);
    return h("li.row.inline", {}, h("span.grow.break", {}, title),
      button("up", t("step.up", { name: title }), "up", () => move(at, -1, "up"), at === 0),
      button("down", t("step.down", { name: title }), "down", () => move(at, 1, "down"), at === ids.length - 1),
      button("drop", t("removeNamed", { name: title }), "close", () => drop(at)));
  }

  function draw() {
    say(null);
    box.replaceChildren(...ids.map(line));
    box.hidden = ids.length === 0;
    const left = options.filter(([id]) => !ids.includes(id));
    pick.replaceChildren(...left.map(([id, text]) => h("option", { value: id }, text)));
    more.hidden = left.length === 0 || ids.length >= most;
  }

  const more = h("div.row.inline.add-row", {}, h("div.grow", {}, picked.node), add);
  const node = h("fieldset.field", {}, h("legend.legend", { lang }, label), wrong, box, more,
    hint && h("p.hint", {}, hint));
  draw();
  return {
    name, node, control: pick, say,
    check() {
      const fine = ids.length > 0 || !required;
      say(fine ? null : t("order.missing"));
      return fine;
    },
    get value() { return [...ids]; },
  };
}
