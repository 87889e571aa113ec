/* One endpoint: what was delivered to it, and what is still to be. */
import { h, toast } from "../dom.js";
import { get, post } from "../api.js";
import { known, needLate, t } from "../i18n/index.js";
import { can } from "../session.js";
import { ago } from "../ui/bits.js";
import { failed } from "../ui/dialog.js";
import { list, pageHead } from "../ui/list.js";
import { empty } from "../ui/states.js";
import { eventTags, stateTag } from "./webhooks.js";

await needLate();

const LOOKS = { delivered: "good", failed: "bad" };

const statusTag = ({ status }) => h("span.tag.dot", { class: LOOKS[status] ?? "" }, t(`webhooks.${status}`));

const answer = ({ responseStatus, lastError, lastErrorCode }) => {
  const key = `webhooks.error.${lastErrorCode}`;
  return h("div", {}, responseStatus && h("span.tag", {}, responseStatus), lastError && (known(key)
    ? h("div.small.soft.break", {}, t(key, { status: responseStatus }))
    : h("div.small.soft.break", { lang: "en" }, lastError)));
};

export default async function webhook({ root, id, signal }) {
  const path = `/webhooks/endpoints/${id}`;
  const { data: endpoint } = await get(path, {}, { signal });
  const again = async (row) => {
    try {
      rows.update((await post(`${path}/deliveries/${row.id}/replay`)).data);
      toast(t("webhooks.replayed"));
    } catch (error) { await failed(error); }
  };
  const rows = list({ signal, caption: t("webhooks.deliveries"),
    page: (cursor) => get(`${path}/deliveries`, { cursor }, { signal }),
    none: () => empty(t("webhooks.noDeliveries"), t("webhooks.noDeliveriesText")),
    columns: [
      { label: t("webhooks.deliveries"), cell: (row) => h("div", {}, h("code.name", {}, row.event),
        h("div.small.soft", {}, h("code.break", {}, row.id))) },
      { label: t("field.status"), class: "tight", cell: statusTag },
      { label: t("webhooks.attempts"), class: "tight", cell: (row) => String(row.attempts) },
      { label: t("webhooks.answer"), cell: answer },
      { label: t("webhooks.next"), class: "tight", cell: (row) => (row.nextAttemptAt ? ago(row.nextAttemptAt) : "–") },
      { label: t("webhooks.happened"), class: "tight", cell: (row) => ago(row.createdAt) },
      { label: t("actions"), class: "actions", cell: (row) => can("webhooks:write") && endpoint.isEnabled &&
        h("button.btn.small", { type: "button", "aria-label": t("webhooks.replayNamed", { name: row.id }),
          onclick: () => again(row) }, t("webhooks.replay")) },
    ] });
  root.replaceChildren(h("p", {}, h("a", { href: "#/settings/webhooks" }, `← ${t("webhooks.title")}`)),
    pageHead(t("webhooks.deliveries"), h("span.break", {}, endpoint.url)),
    h("div.row", {}, eventTags(endpoint.events), stateTag(endpoint)), rows.node);
  await rows.load();
}
