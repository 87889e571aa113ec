/* What a dry run has found, and what would be done. */
import { h } from "../dom.js";
import { known, t } from "../i18n/index.js";
import { reasonOf } from "./reason.js";

function finding({ severity, code, params, message, step }) {
  const where = step == null ? null : t("check.step", { n: step + 1 });
  const title = known(`finding.${code}`) ? t(`finding.${code}`) : null;
  return h("li", {}, h("strong", {}, [t(`check.${severity}`), where, title].filter(Boolean).join(" · ")),
    h("p.small.break", {}, reasonOf({ error: message, errorCode: code, errorParams: params })));
}

const step = ({ label, agent, model, argv, instructions }) => h("li", {}, h("strong", {}, label), " ",
  h("span.soft", {}, [agent ?? t("check.installed"), model].filter(Boolean).join(" · ")),
  argv && h("p.small", {}, h("code.break", {}, argv.join(" "))),
  instructions && h("p.small.soft.pre.break", {}, instructions));

/* A notice of it all. */
export function findingsView({ ok, findings, steps, candidates, judge }) {
  const tone = !ok ? "bad" : findings.length ? "warn" : "good";
  return h("div.notice", { class: tone }, h("strong", {}, t(ok ? "check.fine" : "check.not")),
    findings.length > 0 && h("ul.stack", {}, findings.map(finding)),
    h("details", {}, h("summary", {}, t("check.steps")), h("ol.stack", {}, steps.map(step)),
      candidates > 1 && h("p", {}, t("check.candidates", { n: candidates })),
      candidates > 1 && h("ul.stack", {}, judge.map(step))));
}
