/* Oneself: name, what one is told by e-mail, and password. */
import { h, toast } from "../dom.js";
import { get, patch, ApiError } from "../api.js";
import { needLate, t } from "../i18n/index.js";
import { adopt, changePassword, session } from "../session.js";
import { bodyField } from "../ui/fields.js";
import { makeForm, pageForm, whose } from "../ui/form.js";
import { pageHead } from "../ui/list.js";
import { currentPasswordField, newPasswordFields } from "../ui/password.js";

await needLate();

export default async function account({ root }) {
  const { data } = await get("/session");
  const name = makeForm([bodyField("session.update", "name", { value: session.user.name, autocomplete: "name" })]);
  const emails = makeForm([bodyField("session.update", "emailNotifications", { value: data.user.emailNotifications })]);
  const adopted = (answer) => { adopt(answer.data); toast(t("saved")); };
  const password = makeForm([currentPasswordField(), ...newPasswordFields()]);
  root.replaceChildren(pageHead(t("account.title"), session.user.email),
    h("section.card.stack", {}, h("h2", {}, t("account.name")),
      pageForm({ form: name, save: (values) => patch("/session", values),
        done: adopted })),
    data.sendsEmail ? h("section.card.stack", {}, h("h2", {}, t("account.emails")),
      h("p.soft", {}, t("account.emailsText", { email: session.user.email })),
      pageForm({ form: emails, save: (values) => patch("/session", values), done: adopted })) : "",
    h("section.card.stack", {}, h("h2", {}, t("password.change")), h("p.soft", {}, t("password.changeText")),
      pageForm({ form: password, before: whose(session.user.email), saveLabel: t("password.save"),
        save: async ({ currentPassword, newPassword }) => {
          try {
            return await changePassword(currentPassword, newPassword);
          } catch (error) {
            if (error instanceof ApiError && error.status === 401) throw new ApiError(400,
              { code: "VALIDATION", field: "currentPassword", message: error.message });
            throw error;
          }
        }, done: () => { toast(t("saved")); for (const one of password.fields) one.control.value = ""; } })));
}
