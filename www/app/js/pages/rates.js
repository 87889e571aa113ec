/* Project Settings → Prices: what services ask for tokens and sandboxes, the project's own before those shipped. */
import { h, icon, toast } from "../dom.js";
import { get, patch, post, remove } from "../api.js";
import { date, money, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies, resources } from "../table.js";
import { confirmDialog, openDialog } from "../ui/dialog.js";
import { tableForm } from "../ui/fields.js";
import { listPage } from "../ui/list.js";
import { menu } from "../ui/menu.js";
import { settingsHead } from "../ui/tabs.js";
import { choiceOf, labelOf } from "../ui/words.js";

await needLate();

const nameOf = (rate) => [rate.service, rate.model].filter(Boolean).join(" ");
/* From when on it holds is left to the service: from now. */
const FIELDS = ["service", "model", "metric", "usdPerUnit"];

async function edit({ path, group }, id) {
  const { data, etag } = id ? await get(`${path}/${id}`) : {};
  const form = await tableForm({ group, fields: bodies[`${group}.${id ? "update" : "set"}`], row: data, only: FIELDS });
  return openDialog({ title: t(id ? "costRates.edit" : "costRates.new"), form, body: form.layout,
    save: () => (id ? patch(`${path}/${id}`, form.values, { etag }) : post(path, form.values)) });
}

export default async function rates(place) {
  const { group, path } = resources.costRate;
  const write = can("projects:write");
  const open = async (rate) => {
    if (!(await edit(resources.costRate, rate?.id))) return;
    toast(t("saved"));
    await rows.load();
  };
  const drop = async (rate) => {
    const gone = await confirmDialog({ title: t("rates.deleteTitle", { name: nameOf(rate) }),
      text: t("rates.deleteText"), label: t("delete"), act: () => remove(`${path}/${rate.id}`) });
    if (!gone) return;
    toast(t("deleted"));
    await rows.load();
  };
  const actions = (rate) => write && !rate.isPreset && [
    h("button.btn.small.quiet", { type: "button", "aria-label": t("editNamed", { name: nameOf(rate) }),
      onclick: () => open(rate) }, t("edit")),
    menu({ label: t("moreFor", { name: nameOf(rate) }),
      items: [{ label: t("delete"), bad: true, act: () => drop(rate) }] }),
  ];
  const rows = listPage(place, {
    group, path,
    head: (...more) => settingsHead("/settings/prices", ...more),
    create: () => write &&
      h("button.btn.primary", { type: "button", onclick: () => open(null) }, icon("plus"), t("costRates.new")),
    columns: [
      { label: labelOf("costRates", "service"), cell: (rate) => h("div", {}, h("span.name.break", {}, rate.service),
        rate.isPreset && h("span.tag", {}, t("rates.shipped"))) },
      { label: labelOf("costRates", "model"),
        cell: (rate) => rate.model ?? h("span.soft", {}, t("null.costRates.model")) },
      { label: labelOf("costRates", "metric"), cell: (rate) => choiceOf("costRates", "metric", rate.metric) },
      { label: labelOf("costRates", "usdPerUnit"), class: "right num", cell: (rate) => h("div", {},
        money(rate.usdPerUnit), h("div.small.soft", {}, t(`rates.per.${rate.metric === "sandbox-seconds"
          ? "hour" : "million"}`))) },
      { label: labelOf("costRates", "effectiveFrom"), class: "tight", cell: (rate) => date(rate.effectiveFrom) },
      { label: t("actions"), class: "actions", cell: actions },
    ],
  });
  await rows.load();
}
