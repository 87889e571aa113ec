/* Outside: sign in, choose the first password, accept an invitation; and signing in again over a page. */
import { h } from "../dom.js";
import { t } from "../i18n/index.js";
import { accept, changePassword, invitation, session, signIn, signOut } from "../session.js";
import { go } from "../router.js";
import { openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { makeForm, pageForm, whose } from "../ui/form.js";
import { currentPasswordField, newPasswordFields, passwordField } from "../ui/password.js";
import { brand, preferences } from "../ui/shell.js";
import { ApiError } from "../api.js";
import { errorState, fill } from "../ui/states.js";

const emailField = (value) =>
  bodyField("session.create", "email", { type: "email", autocomplete: "username", autofocus: !value, value });

/* A wrong password is said beside the password, not as an ended session. */
async function orWrong(action, form, name, words = t("signIn.wrong")) {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      error.code = "VALIDATION";
      error.field = null;
      form.get(name).say(words);
      form.get(name).control.focus();
      throw new Silent();
    }
    throw error;
  }
}
class Silent extends Error {}
const quiet = (form) => Object.assign(Object.create(form),
  { complain: (error) => error instanceof Silent || form.complain(error) });

function frame(begin, title, ...content) {
  return h("main.door", {}, h("div.brand", {}, brand()),
    h("div.card.stack", {}, h("h1", { tabindex: "-1" }, title), ...content),
    h("div.row", {}, preferences(begin)));
}

const doors = {
  signIn(begin) {
    const form = quiet(makeForm([emailField(), passwordField()]));
    document.title = `${t("signIn")} · CodeCourier`;
    return frame(begin, t("signIn"), pageForm({ form, saveLabel: t("signIn"), done: begin,
      save: ({ email, password }) => orWrong(() => signIn(email, password), form, "password") }));
  },

  firstPassword(begin) {
    const form = quiet(makeForm([currentPasswordField({ autofocus: true }), ...newPasswordFields()]));
    document.title = `${t("password.choose")} · CodeCourier`;
    return frame(begin, t("password.choose"), h("p.soft", {}, t("password.chooseText")),
      pageForm({ form, before: whose(session.user.email), saveLabel: t("password.save"), done: begin,
      save: ({ currentPassword, newPassword }) =>
        orWrong(() => changePassword(currentPassword, newPassword), form, "currentPassword", t("password.wrong")),
      actions: h("button.btn.quiet", { type: "button", onclick: async () => { await signOut(false); await begin(); } },
        t("signOut")) }));
  },

  invitation(begin, token) {
    const place = h("div", {});
    const stay = () => { go(`invitation=${token}`); return begin(); };
    document.title = `${t("invitation.title")} · CodeCourier`;
    fill(place, async () => {
      let found;
      try {
        found = (await invitation(token)).data;
      } catch (error) {
        if (error.status !== 404) return errorState(error);
        return [h("p", {}, t("invitation.gone")),
          h("p", {}, h("a", { href: "#/", onclick: () => { location.hash = "/"; location.reload(); } }, t("signIn")))];
      }
      const fields = found.hasAccount ? [passwordField()]
        : [bodyField("session.accept", "name", { autocomplete: "name" }), ...newPasswordFields()];
      const form = quiet(makeForm(fields));
      return pageForm({ form, saveLabel: t("invitation.accept"),
        before: [whose(found.email), h("p.soft", {}, t(found.hasAccount ? "invitation.known" : "invitation.new",
          { project: found.projectName, role: t(`role.${found.role}`), email: found.email }))],
        save: ({ name, password, newPassword }) =>
          orWrong(() => accept(token, name, password ?? newPassword), form, "password"),
        done: () => { history.replaceState(null, "", "#/"); return begin(); } });
    }, 3);
    return frame(stay, t("invitation.title"), place);
  },
};

export default (name, begin, ...more) => doors[name](begin, ...more);

/* The session has ended under a page: sign in over it, and what was typed stays. Rejects when the person does not. */
export async function signInAgain() {
  const email = session.user?.email;
  const form = quiet(makeForm([emailField(email), passwordField("password", { autofocus: Boolean(email) })]));
  const id = session.user?.id;
  const project = session.project?.id;
  const done = await openDialog({ title: t("signIn.again"), body: [h("p", {}, t("signIn.againText")), form.nodes],
    saveLabel: t("signIn"), form,
    save: async () => {
      const { email: who, password } = form.values;
      await orWrong(() => signIn(who, password, project), form, "password");
      return true;
    } });
  if (!done) throw new ApiError(401, { code: "AUTH_MISSING" });
  if (session.user.id !== id || session.mustChangePassword) location.reload();
}
