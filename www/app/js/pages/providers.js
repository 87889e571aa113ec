/* Project Settings → Provider keys: one for each service, of which only the end is shown; tested by a worker. */
import { h, toast } from "../dom.js";
import { get, poll, post, put, remove } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { queries } from "../table.js";
import { ago } from "../ui/bits.js";
import { confirmDialog, failed, openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";
import { table } from "../ui/list.js";
import { fill } from "../ui/states.js";
import { settingsHead } from "../ui/tabs.js";

await needLate();

const path = "/project/provider-keys";
const TONES = { testing: "busy", valid: "good", refused: "bad", unreachable: "warn" };
const nameOf = (provider) => t(`providers.of.${provider}`);

const statusOf = ({ status, testedAt }) => status && h("div", {},
  h(`span.tag${TONES[status] ? `.${TONES[status]}` : ""}`, {}, t(`providers.status.${status}`)),
  testedAt && h("div.small.soft", {}, ago(testedAt)));

export default async function providers({ root, signal }) {
  const place = h("div.card.flush", {});
  const write = can("projects:write");
  let rows = [];

  const set = async (row) => {
    const form = makeForm([bodyField("project.providerKeys.set", "key", { type: "password", autofocus: true,
      class: "mono", autocomplete: "off" })]);
    if (!(await openDialog({ title: t("providers.setTitle", { name: nameOf(row.id) }), form, body: form.nodes,
      save: () => put(`${path}/${row.id}`, form.values) }))) return;
    toast(t("saved"));
    await load();
  };
  const drop = async (row) => {
    if (await confirmDialog({ title: t("providers.removeTitle", { name: nameOf(row.id) }),
      text: t("providers.removeText"), label: t("remove"), act: () => remove(`${path}/${row.id}`) })) await load();
  };
  const test = async (row) => {
    try {
      await post(`${path}/${row.id}/test`);
      await load();
      await poll(async () => {
        await load();
        return rows.some((one) => one.status === "testing") || "done";
      }, { least: 1, most: 5, signal });
    } catch (error) { await failed(error); }
  };
  const actions = (row) => write && h("div.row.inline", {},
    row.lastFour && h("button.btn.small.quiet", { type: "button", onclick: () => test(row),
      "aria-label": t("providers.testNamed", { name: nameOf(row.id) }) }, t("providers.test")),
    h("button.btn.small.quiet", { type: "button", onclick: () => set(row),
      "aria-label": t("providers.setNamed", { name: nameOf(row.id) }) }, t("providers.set")),
    row.lastFour && h("button.btn.small.quiet.danger-quiet", { type: "button", onclick: () => drop(row),
      "aria-label": t("removeNamed", { name: nameOf(row.id) }) }, t("remove")));

  const draw = async () => {
    const { data } = await get(path, {}, { signal });
    rows = queries["project.providerKeys.set"].provider.choices
      .map((id) => ({ id, ...data.find((one) => one.provider === id) }));
    return table({ caption: t("providers.title"), rows, columns: [
      { label: t("providers.service"), cell: (row) => h("span.name", {}, nameOf(row.id)) },
      { label: t("providers.key"), cell: (row) => (row.lastFour ? h("code", {}, `••••${row.lastFour}`)
        : h("span.soft", {}, t("providers.none"))) },
      { label: t("providers.state"), cell: statusOf },
      { label: t("actions"), class: "actions", cell: actions },
    ] });
  };
  const load = async () => {
    if (rows.length) place.replaceChildren(await draw());
    else await fill(place, draw);
  };
  root.replaceChildren(...settingsHead("/settings/provider-keys", t("providers.title"), t("providers.about")), place);
  await load();
}
