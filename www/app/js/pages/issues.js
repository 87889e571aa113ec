/* The issues as a board: one column for each status. */
import { $, announce, h, icon, needStyle, toast } from "../dom.js";
import { get, patch, post, remove } from "../api.js";
import { t } from "../i18n/index.js";
import { setQuery } from "../router.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { field, makeForm } from "../ui/form.js";
import { later, pageHead } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { empty, errorState, skeleton } from "../ui/states.js";
import { priorityTag, statusTag } from "../ui/status.js";

const STATES = ["new", "running", "completed", "failed"];
const PRIORITIES = ["low", "medium", "high", "critical"];

async function edit(row) {
  const { data = { priority: "medium", status: "new" }, etag } = row ? await get(`/issues/${row.id}`) : {};
  const choice = (name, label, values) => field({ name, label, type: "select", value: data[name], options: values.map((one) => [one, t(`${name}.${one}`)]) });
  const form = makeForm([
    field({ name: "title", label: t("issues.titleField"), value: data.title, required: true, max: 200, autofocus: true }),
    choice("priority", t("issues.priority"), PRIORITIES), choice("status", t("status"), STATES),
    field({ name: "description", label: t("description"), type: "area", rows: 5, value: data.description, nullable: true, max: 50000 }),
    field({ name: "suggestedPrompt", label: t("issues.prompt"), hint: t("issues.promptHint"), type: "area", rows: 4, value: data.suggestedPrompt, nullable: true, max: 50000 }),
  ]);
  const [title, priority, status, description, prompt] = form.nodes;
  return openDialog({ title: row ? t("issues.edit") : t("issues.new"), wide: true, form, body: [title, h("div.grid2", {}, priority, status), description, prompt],
    save: async () => (row ? patch(`/issues/${row.id}`, form.values, { etag }) : post("/issues", form.values)) });
}

export default async function issues({ root, query, signal }) {
  await needStyle("work.css");
  const filter = { q: query.get("q") ?? "", priority: query.get("priority") ?? "" };
  const write = can("issues:write");
  const columns = new Map();

  const open = async (row) => {
    if (await edit(row)) { toast(t("saved")); await load(); }
  };
  const start = async (row) => {
    const { data } = await get(`/issues/${row.id}`);
    await (await import("./start-run.js")).default({ issueId: row.id, prompt: data.suggestedPrompt || data.description || data.title, name: data.title });
  };
  const moveTo = async (row, status) => {
    await patch(`/issues/${row.id}`, { status });
    announce(t("issues.moved", { name: row.title, status: t(`status.${status}`) }));
    await load();
    $(`[data-id="${CSS.escape(row.id)}"] button`, root)?.focus();
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("issues.deleteTitle", { name: row.title }), text: t("issues.deleteText"), label: t("delete"), act: () => remove(`/issues/${row.id}`) })) await load();
  };

  const card = (row) => h("li.card.issue", { "data-id": row.id },
    h("div.row.between.top-row", {}, h("h3.grow.break", {}, row.title), write && menu({ label: t("moreFor", { name: row.title }), items: [
      { label: t("edit"), act: () => open(row) },
      ...STATES.filter((one) => one !== row.status).map((one) => ({ label: t("issues.moveTo", { status: t(`status.${one}`) }), act: () => moveTo(row, one) })),
      { label: t("delete"), bad: true, act: () => drop(row) }] })),
    h("div.row", {}, priorityTag(row.priority), h("span.small.soft", {}, ago(row.createdAt))),
    can("runs:write") && row.status !== "running" && h("div.row", {}, h("button.btn.small", { type: "button", "aria-label": t("issues.startNamed", { name: row.title }), onclick: () => start(row) }, icon("play"), t("runs.start"))));

  async function fillColumn(status) {
    const { box, count } = columns.get(status);
    try {
      const first = await get("/issues", { ...filter, status }, { signal });
      let cursor = first.nextCursor;
      const cards = h("ul.stack.tight", {}, first.data.map(card));
      const more = h("button.btn.small.quiet", { type: "button", hidden: !cursor, onclick: async () => {
        const next = await get("/issues", { ...filter, status, cursor }, { signal });
        cards.append(...next.data.map(card));
        cursor = next.nextCursor;
        more.hidden = !cursor;
        count.textContent = `${cards.children.length}${cursor ? "+" : ""}`;
      } }, t("list.more"));
      count.textContent = `${first.data.length}${first.hasMore ? "+" : ""}`;
      box.replaceChildren(first.data.length ? cards : h("p.soft.small.column-none", {}, t("issues.columnNone")), more);
      return first.data.length;
    } catch (error) {
      if (error.name !== "AbortError") box.replaceChildren(errorState(error, () => fillColumn(status)));
      return 1;
    }
  }

  const board = h("div.board", {}, STATES.map((status) => {
    const box = h("div.stack.tight", {}, skeleton(3));
    const count = h("span.soft.small.num", {});
    columns.set(status, { box, count });
    return h("section.column", { "aria-label": t(`status.${status}`) }, h("h2.row", {}, statusTag(status), count), box);
  }));
  const none = h("div.card.flush", { hidden: true });

  async function load() {
    const counts = await Promise.all(STATES.map(fillColumn));
    const nothing = counts.every((n) => n === 0);
    const filtered = filter.q || filter.priority;
    board.hidden = nothing;
    none.hidden = !nothing;
    none.replaceChildren(filtered ? empty(t("list.nothing"), t("list.nothingText")) : empty(t("issues.none"), t("issues.noneText"), create()));
  }
  const create = () => write && h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), t("issues.new"));
  const changed = () => { setQuery(filter); load(); };
  const typed = later((value) => { filter.q = value.trim(); changed(); });
  root.replaceChildren(pageHead(t("issues.title"), t("issues.about"), create()),
    h("div.filters", { role: "search" }, field({ name: "q", label: t("search"), type: "search", value: filter.q, wide: true, oninput: (event) => typed(event.target.value) }).node,
      field({ name: "priority", label: t("issues.priority"), type: "select", value: filter.priority, options: [["", t("all")], ...PRIORITIES.map((one) => [one, t(`priority.${one}`)])],
        onchange: (event) => { filter.priority = event.target.value; changed(); } }).node), board, none);
  await load();
}
