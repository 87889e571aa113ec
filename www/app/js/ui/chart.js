/* Charts as SVG. The figures are in the table behind them; a chart has a name and one sentence for screen readers. */
import { h, svg } from "../dom.js";
import { t } from "../i18n/index.js";
import { fit } from "./fit.js";

const HEIGHT = 190;
const BOTTOM = 22;
const TOP = 8;

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

/* A round step, so that an axis has about four lines. */
function step(most, times) {
  const rough = most / 4 || 1;
  if (times) return TIMES.find((size) => size >= rough) ?? 86400;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((n) => n * power).find((size) => size >= rough);
}

/* The frame of both kinds: axis lines, names below, and `paint(x, y, width of one)`. */
function chart({ label, rows, parts, name, value, most, times }, kind, paint) {
  const total = (row) => (kind === "bars" ? parts.reduce((sum, part) => sum + (row[part.key] ?? 0), 0)
    : row[parts[0].key] ?? 0);
  const highest = Math.max(...rows.map(total), 0);
  const size = most ? most / 4 : step(highest, times);
  const top = most ?? Math.max(size, Math.ceil(highest / size) * size);
  const peak = rows.reduce((best, row) => (total(row) > total(best) ? row : best), rows[0]);
  const sentence = t("usage.sentence", { label, from: name(rows[0]), to: name(rows.at(-1)), most: value(total(peak)),
    at: name(peak) });

  function draw(width) {
    const lines = Array.from({ length: Math.round(top / size) + 1 },
      (_, i) => i * size).filter((one) => parts[0].key !== "completed" || Number.isInteger(one));
    const left = Math.max(...lines.map((one) => value(one).length)) * 7.4 + 14;
    const each = (width - left - 4) / rows.length;
    const x = (i) => left + i * each;
    const y = (n) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - n / top);
    const drawing = svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
      "aria-label": sentence });
    for (const one of lines) {
      drawing.append(svg("line", { x1: left, x2: width, y1: y(one), y2: y(one), class: "grid" }),
        svg("text", { x: left - 6, y: y(one) + 4, class: "axis end" }, value(one)));
    }
    const longest = Math.max(...rows.map((row) => name(row).length)) * 6.6 + 22;
    const every = Math.max(1, Math.ceil(Math.min(longest, 120) / each));
    rows.forEach((row, i) => {
      if (i % every) return;
      const room = Math.floor((each * every) / 6.6);
      const text = name(row).length > room ? `${name(row).slice(0, Math.max(1, room - 1))}…` : name(row);
      const at = Math.min(Math.max(x(i) + each / 2, left + text.length * 3.2), width - text.length * 3.2);
      drawing.append(svg("text", { x: at, y: HEIGHT - 6, class: "axis middle" }, text));
    });
    paint(drawing, { x, y, each, title: (row) => svg("title", {},
      `${name(row)}: ${parts.map((part) => `${part.label} ${value(row[part.key] ?? 0)}`).join(", ")}`) });
    return drawing;
  }
  return h("div", {}, fit(h("div.chart", {}), HEIGHT, draw),
    parts.length > 1 && h("ul.legend-row", { "aria-hidden": "true" },
      parts.map((part) => h("li", { class: `key-${part.key}` }, part.label))));
}

/* Bars, one upon another where a row has several parts. */
export const barChart = (spec) => chart(spec, "bars", (drawing, { x, y, each, title }) => {
  const width = Math.max(1, Math.min(each * 0.72, 36));
  spec.rows.forEach((row, i) => {
    let below = 0;
    const group = svg("g", {}, title(row));
    for (const part of spec.parts) {
      const n = row[part.key] ?? 0;
      if (n > 0) group.append(svg("rect", { x: x(i) + (each - width) / 2, y: y(below + n), width,
        height: Math.max(1, y(below) - y(below + n)), rx: Math.min(2, width / 4), class: `bar ${part.key}` }));
      below += n;
    }
    drawing.append(group);
  });
});

/* A line with a dot where there is a figure; it breaks where there is none. */
export const lineChart = (spec) => chart(spec, "line", (drawing, { x, y, each, title }) => {
  const { key } = spec.parts[0];
  let path = "";
  let gap = true;
  spec.rows.forEach((row, i) => {
    if (row[key] == null) { gap = true; return; }
    path += `${gap ? "M" : "L"}${x(i) + each / 2} ${y(row[key])}`;
    gap = false;
  });
  drawing.append(svg("path", { d: path, class: "line" }));
  spec.rows.forEach((row, i) => {
    if (row[key] != null) drawing.append(svg("circle", { cx: x(i) + each / 2, cy: y(row[key]), r: 3, class: "point" },
      title(row)));
  });
});
