/* Project Settings → Budget: what live runs may cost, and what of it is spent. */
import { h, needStyle, toast } from "../dom.js";
import { get, patch } from "../api.js";
import { money, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { bodies } from "../table.js";
import { tableForm } from "../ui/fields.js";
import { pageForm } from "../ui/form.js";
import { fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

await Promise.all([needLate(), needStyle("work.css")]);

const spent = (label, usd, of) => h("div.card.tile", {}, h("dt", {}, label),
  h("dd", {}, h("span.figure", {}, money(usd)),
    of != null && h("span.small.soft", {}, t("budget.of", { most: money(of) }))));

const told = (data) => [
  h("dl.tiles", {}, spent(t("budget.today"), data.spentTodayUsd, data.perDayUsd),
    spent(t("budget.month"), data.spentThisMonthUsd, data.perMonthUsd)),
  data.isWarning && h("p.notice.warn", { role: "status" }, t("budget.warning", { percent: data.warnAtPercent })),
].filter(Boolean);

export default async function budget({ root, signal }) {
  const place = h("section.card", {});
  const figures = h("div.stack", {});
  root.replaceChildren(...settingsHead("/settings/budget", t("budget.title"), t("budget.about")), figures, place);
  await fill(place, async () => {
    const { data, etag } = await get("/project/budget", {}, { signal });
    let version = etag;
    figures.replaceChildren(...told(data));
    const form = await tableForm({ group: "budget", fields: bodies["project.budget.update"], row: data });
    return pageForm({ form, body: form.layout, disabled: !can("projects:write"),
      save: (values) => patch("/project/budget", values, { etag: version }),
        done: (answer) => {
          version = answer.etag;
          figures.replaceChildren(...told(answer.data));
          toast(t("saved"));
        } });
  });
}
