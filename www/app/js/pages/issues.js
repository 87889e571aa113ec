/* The issues as a board: one column for each status. */
import { $, announce, h, icon, needStyle, toast } from "../dom.js";
import { get, patch, poll } from "../api.js";
import { t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { resources } from "../table-early.js";
import { editDialog } from "../ui/fields.js";
import { filters } from "../ui/filters.js";
import { nothing, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { deleteDialog } from "../ui/resource.js";
import { reasonOf } from "../ui/reason.js";
import { errorState, skeleton } from "../ui/states.js";
import { priorityTag, statusTag } from "../ui/status.js";
import { optionsOf } from "../ui/words.js";

const FIELDS = resources.issue.fields;
const STATES = FIELDS.status.choices;

const edit = (row) => editDialog("issue", row?.id, {
  body: (form) => {
    const node = (name) => form.get(name).node;
    return [node("title"), h("div.grid2", {}, node("priority"), node("status")), node("description"),
      node("suggestedPrompt")];
  },
});

/*
 * Dragging cards from column to column: by the whole card with a mouse, by its handle with a finger (elsewhere a finger
 * scrolls). The card follows the pointer; the column below it lights up; Escape lets it go back.
 */
function draggable(node, grip, columnAt, moveTo) {
  node.addEventListener("pointerdown", (down) => {
    const handle = down.target.closest("button, a, input, label, [role=menu]");
    if (down.button !== 0 || (handle && handle !== grip) || (!handle && down.pointerType !== "mouse")) return;
    const from = scrollY;
    let target = null;
    const gone = new AbortController();
    const listen = (what, act, on = node) => on.addEventListener(what, act, { signal: gone.signal });
    const light = (next) => {
      if (target === next) return;
      target?.node.classList.remove("target");
      next?.node.classList.add("target");
      target = next;
    };
    const end = () => {
      gone.abort();
      node.classList.remove("dragged");
      node.style.translate = "";
      light(null);
    };
    listen("pointermove", (move) => {
      const [x, y] = [move.clientX - down.clientX, move.clientY - down.clientY];
      if (!node.classList.contains("dragged")) {
        if (Math.hypot(x, y) < 5) return;
        node.setPointerCapture(down.pointerId);
        node.classList.add("dragged");
      }
      if (move.clientY < 60) scrollBy(0, -12);
      else if (move.clientY > innerHeight - 60) scrollBy(0, 12);
      node.style.translate = `${x}px ${y + scrollY - from}px`;
      light(columnAt(move.clientX, move.clientY));
    });
    listen("pointerup", () => {
      const to = node.classList.contains("dragged") ? target : null;
      end();
      if (to) moveTo(to.status);
    });
    listen("pointercancel", end);
    listen("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); end(); } }, document);
  });
}

export default async function issues({ root, query, signal }) {
  await needStyle("work.css");
  const filter = filters(query, { search: true,
    fields: [{ name: "priority", label: t("field.priority"),
      options: optionsOf("issues", "priority", FIELDS.priority) }] });
  filter.changed = () => load();
  const write = can("issues:write");
  const columns = new Map();
  const picked = new Map();    /* id -> title, in the order of ticking */
  let picking = false;

  const open = async (row) => {
    if (await edit(row)) { toast(t("saved")); await load(); }
  };
  const start = async (row) => {
    const { data } = await get(`/issues/${row.id}`);
    await (await import("./start-run.js")).default({ issueId: row.id,
      prompt: data.suggestedPrompt || data.description || data.title, name: data.title });
  };
  const moveTo = async (row, status) => {
    if (status === row.status) return;
    await patch(`/issues/${row.id}`, { status });
    announce(t("issues.moved", { name: row.title, status: t(`status.${status}`) }));
    await load();
    $(`[data-id="${CSS.escape(row.id)}"] .grip`, root)?.focus();
  };
  const drop = async (row) => {
    if (await deleteDialog("issue", row)) await load();
  };

  function card(row) {
    const grip = write && h("button.btn.quiet.icon.small.grip",
      { type: "button", "aria-label": t("issues.grip", { name: row.title, status: t(`status.${row.status}`) }),
        title: t("issues.gripHint"), onkeydown: (event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          const next = by && STATES[STATES.indexOf(row.status) + by];
          if (next) { event.preventDefault(); moveTo(row, next); }
        } }, icon("grip"));
    const startable = can("runs:write") && row.status !== "running" && !row.pendingAction;
    const pick = startable && h("label.check.pick", { hidden: !picking },
      h("input", { type: "checkbox", checked: picked.has(row.id), "aria-label": t("issues.pick", { name: row.title }),
        onchange: (event) => {
          if (event.target.checked) picked.set(row.id, row.title); else picked.delete(row.id);
          drawBar();
        } }));
    const node = h("li.card.issue", { "data-id": row.id },
      h("div.row.between.top-row", {}, pick, h("h3.grow", {}, row.title),
        write && menu({ label: t("moreFor", { name: row.title }), items: [
          { label: t("edit"), act: () => open(row) },
          ...STATES.filter((one) => one !== row.status).map((one) =>
            ({ label: t("issues.moveTo", { status: t(`status.${one}`) }), act: () => moveTo(row, one) })),
          { label: t("delete"), bad: true, act: () => drop(row) }] })),
      h("div.row", {}, priorityTag(row.priority),
        row.pendingAction && h("span.tag.busy.live", {}, t(`issues.pending.${row.pendingAction}`)),
        h("span.small.soft", {}, ago(row.createdAt))),
      row.actionError && h("div.small.bad-text.break", {}, reasonOf(row, "actionError")),
      h("div.row", {}, startable && h("button.btn.small",
        { type: "button", "aria-label": t("issues.startNamed", { name: row.title }), onclick: () => start(row) },
        icon("play"), t("runs.start")), grip));
    if (write) draggable(node, grip, columnAt, (status) => moveTo(row, status));
    return node;
  }

  const columnAt = (x, y) => [...columns.values()].find(({ node }) => {
    const box = node.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });

  async function fillColumn(status) {
    const column = columns.get(status);
    const { box, count } = column;
    try {
      const first = await get("/issues", { ...filter.values, status }, { signal });
      const shown = JSON.stringify(first);
      if (shown === column.shown) return first.data.length;
      column.shown = shown;
      let cursor = first.nextCursor;
      const cards = h("ul.stack.tight", {}, first.data.map(card));
      const more = h("button.btn.small.quiet", { type: "button", hidden: !cursor, onclick: async () => {
        const next = await get("/issues", { ...filter.values, status, cursor }, { signal });
        cards.append(...next.data.map(card));
        cursor = next.nextCursor;
        more.hidden = !cursor;
        count.textContent = `${cards.children.length}${cursor ? "+" : ""}`;
      } }, t("list.more"));
      count.textContent = `${first.data.length}${first.hasMore ? "+" : ""}`;
      box.replaceChildren(first.data.length ? cards : h("p.soft.small.column-none", {}, t("issues.columnNone")), more);
      return first.data.length;
    } catch (error) {
      column.shown = null;
      if (error.name !== "AbortError") box.replaceChildren(errorState(error, () => fillColumn(status)));
      return 1;
    }
  }

  const board = h("div.board", {}, STATES.map((status) => {
    const box = h("div.stack.tight", {}, skeleton(3));
    const count = h("span.soft.small.num", {});
    const node = h("section.column", { "aria-label": t(`status.${status}`) }, h("h2.row", {}, statusTag(status), count),
      box);
    columns.set(status, { status, node, box, count, shown: null });
    return node;
  }));
  const none = h("div.card.flush", { hidden: true });

  async function load() {
    const counts = await Promise.all(STATES.map(fillColumn));
    const blank = counts.every((n) => n === 0);
    board.hidden = many.hidden = blank;
    none.hidden = !blank;
    none.replaceChildren(nothing("issues", filter.any, create()));
  }

  /* Choosing several, to work on them one after the other. */
  const many = h("button.btn", { type: "button", "aria-pressed": "false", onclick: () => pickSeveral(!picking) },
    t("issues.several"));
  const bar = h("div.pick-bar", { hidden: true });
  const startPicked = async () => {
    if (await (await import("./start-chain.js")).default({ issueIds: [...picked.keys()] })) picked.clear();
  };
  function drawBar() {
    const words = picked.size ? t("issues.picked", { n: picked.size }) : t("issues.pickHint");
    const [text, button] = bar.children;
    if (text) { text.textContent = words; button.disabled = picked.size === 0; return; }
    bar.append(h("span.grow", { "aria-live": "polite" }, words),
      h("button.btn.primary", { type: "button", disabled: true, onclick: startPicked }, icon("play"),
        t("chains.start")),
      h("button.btn", { type: "button", onclick: () => { pickSeveral(false); many.focus(); } }, t("cancel")));
  }
  function pickSeveral(on) {
    picking = on;
    picked.clear();
    many.setAttribute("aria-pressed", String(on));
    bar.hidden = !on;
    drawBar();
    for (const box of board.querySelectorAll(".pick")) { box.hidden = !on; box.firstChild.checked = false; }
  }

  const create = () => write && h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"),
    t("issues.new"));
  const bring = write && h("button.btn", { type: "button", onclick: async () =>
    (await import("./import-issue.js")).default({ changed: load, signal }) }, t("issues.import"));
  const heading = pageHead(t("issues.title"), t("issues.about"),
    ...[can("runs:write") && many, bring, create()].filter(Boolean));
  root.replaceChildren(heading, filter.node, board, none, bar);
  await load();

  /* Runs move their issues on. */
  poll(async () => {
    if (root.querySelector(":popover-open, .dragged")) return false;
    const before = STATES.map((status) => columns.get(status).shown).join();
    const had = document.activeElement.closest(".issue");
    const at = had && [...had.querySelectorAll("button, input")].indexOf(document.activeElement);
    await load();
    if (had && !had.isConnected) $(`[data-id="${CSS.escape(had.dataset.id)}"]`,
      root)?.querySelectorAll("button, input")[at]?.focus();
    return STATES.map((status) => columns.get(status).shown).join() !== before;
  }, { least: 8, most: 60, signal });
}
