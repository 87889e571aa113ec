/* The steps of a run as bars, drawn to scale from its start to its end, or to now. */
import { h, svg } from "../dom.js";
import { clock, duration, t } from "../i18n/index.js";
import { fit } from "./fit.js";
import { seconds } from "./status.js";

const ROW = 26;
const TOP = 22;
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

export function timeline(run, steps) {
  const begun = steps.filter((step) => step.startedAt);
  if (!run.startedAt || begun.length === 0) return h("p.soft.small", {}, t("run.noTimeline"));
  const from = new Date(run.startedAt).getTime();
  const to = Math.max(run.finishedAt ? new Date(run.finishedAt).getTime() : Date.now(), from + 1000,
    ...begun.map((step) => new Date(step.finishedAt ?? from).getTime()));
  const span = (to - from) / 1000;
  const tick = TICKS.find((size) => span / size <= 6) ?? 86400;
  const name = (step) => `${step.position + 1}. ${step.label}${step.iteration > 1 ? ` (${step.iteration})` : ""}`;
  const height = TOP + begun.length * ROW + 4;

  function draw(width) {
    const left = Math.min(180, Math.round(width * 0.34),
      Math.max(...begun.map((step) => name(step).length)) * 7.5 + 16);
    const scale = (width - left - 8) / span;
    const x = (at) => left + ((new Date(at).getTime() - from) / 1000) * scale;
    const letters = Math.floor((left - 12) / 7);
    const short = (text) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": t("run.timelineLabel", { n: begun.length, duration: duration(span) }) });
    for (let at = 0; at <= span; at += tick) {
      const place = left + at * scale;
      drawing.append(svg("line", { x1: place, x2: place, y1: TOP - 4, y2: height, class: "grid" }));
      const text = at === 0 ? "0" : duration(at);
      if (place + text.length * 7 < width) drawing.append(svg("text", { x: place + 3, y: 12, class: "axis" }, text));
    }
    begun.forEach((step, i) => {
      const y = TOP + i * ROW;
      const bar = Math.max(3, x(step.finishedAt ?? to) - x(step.startedAt));
      drawing.append(svg("g", {},
        svg("title", {}, `${name(step)}: ${clock(step.startedAt)}, ${duration(seconds(step))}`),
        svg("text", { x: 0, y: y + 15, class: "name" }, short(name(step))),
        svg("rect", { x: x(step.startedAt), y: y + 4, width: bar, height: ROW - 10, rx: 3,
          class: `bar ${step.status}` })));
    });
    return drawing;
  }
  return fit(h("figure.timeline", {}), height, draw);
}
