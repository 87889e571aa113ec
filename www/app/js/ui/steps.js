/* The steps of a workflow: cards that are put in order by dragging their handle or by its arrow keys. */
import { $, announce, h, icon, newId } from "../dom.js";
import { t } from "../i18n/index.js";
import { resources } from "../table-early.js";
import { tableField } from "./fields.js";
import { choiceOf } from "./words.js";

const FIELDS = resources.workflow.fields.steps.fields;
const LOOPS = ["A", "B", "C", "D", "E"];
export const BLANK_STEP = { role: "custom", instructions: "" };

/* The fields of a step, by name. */
function fieldsOf(step, { personas, loops }) {
  const named = [...new Set([...LOOPS, ...loops])].map((loop) => [loop, t("step.loopName", { name: loop })]);
  const refine = {
    personaId: { options: personas.map((one) => [one.id, one.name]) },
    instructions: { rows: 4 },
    timeoutSeconds: { required: true },
    loopId: { options: named },
    loopMaxIterations: { value: step.loopMaxIterations ?? 3 },
  };
  return Object.fromEntries(Object.entries(FIELDS).map(([name, facts]) =>
    [name, tableField("steps", name, facts, { value: step[name] ?? facts.default, ...refine[name] })]));
}

function card(step, { personas, changed, readOnly, move, drop, copy, loops }) {
  const fields = fieldsOf(step, { personas, loops });
  const title = h("h3.grow.break", {});
  const loopTag = h("span.tag.accent", {});
  const hintId = newId("grip");
  const grip = h("button.btn.quiet.icon.small.grip", { type: "button", "aria-describedby": hintId, disabled: readOnly },
    icon("grip"));
  const up = h("button.btn.quiet.icon.small", { type: "button", onclick: () => move(node, -1, up) }, icon("up"));
  const down = h("button.btn.quiet.icon.small", { type: "button", onclick: () => move(node, 1, down) }, icon("down"));
  const more = h("details", {}, h("summary", {}, t("step.more")),
    h("div.stack.details-body", {}, h("div.grid2", {},
      ["agent", "model", "timeoutSeconds"].map((name) => fields[name].node)),
      h("div.grid2", {}, fields.loopId.node, fields.loopMaxIterations.node)));
  more.open = Boolean(step.agent || step.model || step.loopId);
  const node = h("li.card.step", {},
    h("div.row.step-head", {}, grip, title, loopTag, readOnly ? null : [up, down,
      h("button.btn.quiet.small", { type: "button", "data-do": "copy", onclick: () => copy(node) }, t("duplicate")),
      h("button.btn.quiet.small.danger-quiet", { type: "button", "data-do": "drop", onclick: () => drop(node) },
        t("remove"))]),
    h("span.sr-only", { id: hintId }, t("step.gripHint")),
    h("div.stack", {}, h("div.grid2", {}, fields.role.node, fields.label.node, fields.personaId.node),
      fields.instructions.node, more));

  grip.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) { event.preventDefault(); move(node, by, grip); }
  });
  fields.loopId.control.addEventListener("change", () => changed());
  fields.role.control.addEventListener("change", () => changed());
  fields.label.control.addEventListener("input", () => changed());
  if (readOnly) for (const control of node.querySelectorAll("input, select, textarea")) control.disabled = true;

  const self = {
    node, grip, fields,
    get value() {
      const value = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.value]));
      if (!value.label) delete value.label;
      if (!value.loopId) value.loopMaxIterations = null;
      return value;
    },
    number(i, count) {
      const name = fields.label.value || choiceOf("steps", "role", fields.role.value);
      const loop = fields.loopId.value;
      title.textContent = `${i + 1}. ${name}`;
      loopTag.hidden = !loop;
      loopTag.textContent = loop ? t("step.loopName", { name: loop }) : "";
      node.classList.toggle("looped", Boolean(loop));
      fields.loopMaxIterations.node.hidden = !loop;
      grip.setAttribute("aria-label", t("step.grip", { name, n: i + 1, of: count }));
      up.disabled = i === 0;
      down.disabled = i === count - 1;
      up.setAttribute("aria-label", t("step.up", { name }));
      down.setAttribute("aria-label", t("step.down", { name }));
      $("[data-do=copy]", node)?.setAttribute("aria-label", t("duplicateNamed", { name }));
      $("[data-do=drop]", node)?.setAttribute("aria-label", t("removeNamed", { name }));
      return name;
    },
  };
  return self;
}

/* Behaves like a field (form.js) whose value is the list of steps. */
export function stepEditor({ steps, personas, changed, readOnly }) {
  const box = h("ol.steps", {});
  const wrong = h("p.wrong", { role: "alert", hidden: true });
  let cards = [];

  const touched = () => { number(); changed(); };
  const number = () => cards.map((one, i) => one.number(i, cards.length));
  const reorder = () => { cards.sort((a, b) =>
    (a.node.compareDocumentPosition(b.node) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1)); touched(); };
  const of = (node) => cards.find((one) => one.node === node);

  const tools = {
    personas, readOnly, changed: touched, loops: steps.map((step) => step.loopId).filter(Boolean),
    move(node, by, button) {
      const other = by < 0 ? node.previousElementSibling : node.nextElementSibling;
      if (!other) return;
      if (by < 0) other.before(node); else other.after(node);
      reorder();
      (button.disabled ? of(node).grip : button).focus();
      node.scrollIntoView({ block: "nearest" });
      const at = cards.indexOf(of(node));
      announce(t("step.moved", { name: of(node).number(at, cards.length), n: at + 1, of: cards.length }));
    },
    drop(node) {
      if (cards.length === 1) return say(t("step.last"));
      const next = node.nextElementSibling ?? node.previousElementSibling;
      const name = of(node).number(cards.indexOf(of(node)), cards.length);
      cards = cards.filter((one) => one.node !== node);
      node.remove();
      touched();
      of(next).grip.focus();
      announce(t("step.removed", { name }));
      return undefined;
    },
    copy(node) {
      const fresh = card(of(node).value, tools);
      node.after(fresh.node);
      cards.push(fresh);
      drag(fresh);
      reorder();
      $("select", fresh.node).focus();
    },
  };

  /* Dragging by pointer: the card follows by changing places with its neighbours. */
  function drag({ node, grip }) {
    grip.addEventListener("pointerdown", (event) => {
      if (readOnly || event.button !== 0) return;
      grip.setPointerCapture(event.pointerId);
      node.classList.add("dragged");
      const follow = (move) => {
        const before = node.previousElementSibling?.getBoundingClientRect();
        const after = node.nextElementSibling?.getBoundingClientRect();
        if (before && move.clientY < before.top + before.height / 2) node.previousElementSibling.before(node);
        else if (after && move.clientY > after.top + after.height / 2) node.nextElementSibling.after(node);
        else return;
        grip.setPointerCapture(event.pointerId);
        reorder();
      };
      const end = () => {
        node.classList.remove("dragged");
        grip.removeEventListener("pointermove", follow);
      };
      grip.addEventListener("pointermove", follow);
      grip.addEventListener("pointerup", end, { once: true });
      grip.addEventListener("pointercancel", end, { once: true });
    });
  }

  function say(text) {
    wrong.textContent = text ?? "";
    wrong.hidden = !text;
  }

  function add(step, focus) {
    const fresh = card(step, tools);
    cards.push(fresh);
    box.append(fresh.node);
    drag(fresh);
    if (focus) { touched(); $("select", fresh.node).focus(); }
  }
  steps.forEach((step) => add(step, false));
  number();

  const more = readOnly ? null : h("div.row", {}, h("button.btn",
    { type: "button", onclick: () => { say(null); add(BLANK_STEP, true); } }, icon("plus"), t("step.add")));
  return {
    name: "steps", say,
    node: h("section.stack", { "aria-label": t("field.steps") }, h("h2", {}, t("field.steps")),
      h("p.soft.small", {}, t("hint.steps")), wrong, box, more),
    check: () => cards.every((one) => Object.values(one.fields).every((some) => {
      const fine = some.node.hidden || some.check();
      if (!fine) { some.node.closest("details")?.setAttribute("open", ""); }
      return fine;
    })),
    get value() { return cards.map((one) => one.value); },
  };
}
