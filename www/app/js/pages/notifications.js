/* What happened: unread or all; each leads to what it is about. */
import { h, icon, toast } from "../dom.js";
import { post } from "../api.js";
import { known, needLate, t } from "../i18n/index.js";
import { queries } from "../table.js";
import { look } from "../ui/bell.js";
import { ago } from "../ui/bits.js";
import { failed } from "../ui/dialog.js";
import { filters } from "../ui/filters.js";
import { listPage } from "../ui/list.js";

await needLate();

const path = "/notifications";
const PAGES = { run_: "/runs/", cnd_: "/candidates/", pul_: "/pull-requests/", chn_: "/chains/",
  whe_: "/settings/webhooks/" };
const LISTS = { kak_: "/settings/api-keys", usr_: "/members", sch_: "/schedules", lrn_: "/learnings" };

function addressOf({ resourceId }) {
  const kind = resourceId?.slice(0, 4);
  return PAGES[kind] ? `#${PAGES[kind]}${resourceId}` : LISTS[kind] && `#${LISTS[kind]}`;
}

/* A type that these words do not know shows itself. */
const wordsOf = ({ type, name, resourceId }) => (known(`notice.${type}`)
  ? t(`notice.${type}`, { name: `“${name ?? resourceId}”` }) : type);

export default async function notifications(place) {
  const filter = filters(place.query, { fields: [{ name: "filter", label: t("notifications.filter"),
    options: queries["notifications.list"].filter.choices.filter((one) => one !== "all")
      .map((one) => [one, t(`notifications.filter.${one}`)]) }] });
  const act = async (row, what, then) => {
    try {
      then((await post(`${path}/${row.id}/${what}`)).data);
      await look();
    } catch (error) { await failed(error); }
  };
  const shown = (row) => (filter.values.filter ? rows.drop(row.id) : rows.update(row));
  const readAll = async () => {
    try {
      const { read } = (await post(`${path}/read-all`)).data;
      toast(t("notifications.allRead", { n: read }));
      rows.rows = [];
      await Promise.all([rows.load(), look()]);
    } catch (error) { await failed(error); }
  };
  const actions = (row) => h("div.row.inline", {},
    !row.readAt && h("button.btn.small.quiet", { type: "button", onclick: () => act(row, "read", shown),
      "aria-label": t("notifications.readNamed", { what: wordsOf(row) }) }, t("notifications.read")),
    h("button.btn.small.quiet", { type: "button", onclick: () => act(row, "dismiss", () => rows.drop(row.id)),
      "aria-label": t("notifications.dismissNamed", { what: wordsOf(row) }) }, t("notifications.dismiss")));
  const rows = listPage(place, {
    group: "notifications", path, filter, pace: { least: 15, most: 60 },
    create: () => h("button.btn", { type: "button", onclick: readAll }, icon("check"), t("notifications.readAll")),
    rowClass: (row) => (row.readAt ? "off" : null),
    columns: [
      { label: t("notifications.what"), cell: (row) => h("div.row", {}, addressOf(row)
        ? h("a.name.break", { href: addressOf(row), onclick: () => !row.readAt && act(row, "read", () => {}) },
          wordsOf(row))
        : h("span.name.break", {}, wordsOf(row)), !row.readAt && h("span.tag.accent", {}, t("notifications.new"))) },
      { label: t("audit.when"), class: "tight", cell: (row) => ago(row.createdAt) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
