/* Oneself: name and password. */
import { h, toast } from "../dom.js";
import { patch, ApiError } from "../api.js";
import { t } from "../i18n/index.js";
import { adopt, changePassword, session } from "../session.js";
import { field, makeForm, pageForm, whose } from "../ui/form.js";
import { pageHead } from "../ui/list.js";

export default async function account({ root }) {
  const name = makeForm([field({ name: "name", label: t("yourName"), value: session.user.name, nullable: true, max: 100, autocomplete: "name" })]);
  const fresh = field({ name: "newPassword", label: t("password.new"), hint: t("password.hint", { n: 12 }), type: "password", required: true, autocomplete: "new-password",
    check: (value) => (value.length < 12 ? t("password.short", { n: 12 }) : null), max: 200 });
  const password = makeForm([field({ name: "currentPassword", label: t("password.current"), type: "password", required: true, autocomplete: "current-password", max: 200 }), fresh,
    field({ name: "repeat", label: t("password.repeat"), type: "password", required: true, autocomplete: "new-password", check: (value) => (value === fresh.value ? null : t("password.differs")), max: 200 })]);
  root.replaceChildren(pageHead(t("account.title"), session.user.email),
    h("section.card.stack", {}, h("h2", {}, t("account.name")),
      pageForm({ form: name, save: (values) => patch("/session", values), done: (answer) => { adopt(answer.data); toast(t("saved")); } })),
    h("section.card.stack", {}, h("h2", {}, t("password.change")), h("p.soft", {}, t("password.changeText")),
      pageForm({ form: password, before: whose(session.user.email), saveLabel: t("password.save"), save: async ({ currentPassword, newPassword }) => {
        try {
          return await changePassword(currentPassword, newPassword);
        } catch (error) {
          if (error instanceof ApiError && error.status === 401) throw new ApiError(400, { code: "VALIDATION", field: "currentPassword", message: error.message });
          throw error;
        }
      }, done: () => { toast(t("saved")); for (const one of password.fields) one.control.value = ""; } })));
}
