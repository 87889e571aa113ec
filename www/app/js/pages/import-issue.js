/* Taking an issue over from a forge: its address is asked for, a worker fetches it, and what came of it is said. */
import { toast } from "../dom.js";
import { get, poll, post } from "../api.js";
import { t } from "../i18n/index.js";
import { openDialog } from "../ui/dialog.js";
import { bodyField } from "../ui/fields.js";
import { makeForm } from "../ui/form.js";

/* What became of it, for whoever looks elsewhere meanwhile, or hears the page; the board shows it as well. */
function tell({ title, actionError }) {
  toast(t(actionError ? "issues.importFailed" : "issues.imported", { name: title }));
}

/* `changed()` shows the board anew: when there is a row to wait for, and when the worker is done with it. */
export default async function importIssue({ changed, signal }) {
  const form = makeForm([
    bodyField("issues.importFrom", "url", { type: "url", autofocus: true, wide: true,
      placeholder: "https://…/issues/42" }),
    bodyField("issues.importFrom", "commentOnIssue", { value: false })]);
  const wish = ({ url, commentOnIssue }) => ({ url, ...(commentOnIssue && { commentOnIssue }) });
  const issue = await openDialog({ title: t("issues.import"), form, body: form.nodes, saveLabel: t("issues.importDo"),
    save: async () => (await post("/issues/import", wish(form.values))).data });
  if (!issue) return;
  await changed();
  if (!issue.pendingAction) { tell(issue); return; }
  toast(t("issues.importAsked", { name: issue.title }));
  poll(async () => {
    const { data } = await get(`/issues/${issue.id}`, {}, { signal });
    if (data.pendingAction) return false;
    await changed();
    tell(data);
    return "done";
  }, { least: 2, most: 20, signal });
}
