/* Fields for passwords. */
import { t } from "../i18n/index.js";
import { bodyField } from "./fields.js";

export const passwordField = (name = "password", more = {}, operation = "session.create") =>
  bodyField(operation, name, { type: "password", autocomplete: "current-password", ...more });

export const currentPasswordField = (more) => passwordField("currentPassword", more, "session.password");

/* A new one, twice; the fields are called newPassword and repeat. */
export function newPasswordFields() {
  const make = (more) => passwordField("newPassword", { autocomplete: "new-password", ...more }, "session.password");
  const first = make();
  const check = (value) => (value === first.value ? null : t("password.differs"));
  return [first, make({ name: "repeat", label: t("password.repeat"), hint: null, min: 0, check })];
}
