// Draws figures as small pictures. Each has its numbers in a table, for those who do not see the picture.

import { layoutDays, layoutRows } from "../chart-layout";
import { type Child, h, svg, table } from "../dom";
import { say } from "../words";

export interface DayFigures {
  /** The day as text. */
  day: string;
  reports: number;
  decisions: number;
}

/** Draws decisions as bars and reports as a line, day by day. */
export function dayChart(title: string, days: readonly DayFigures[]): HTMLElement {
  const layout = layoutDays(
    days.map(({ decisions }) => decisions),
    days.map(({ reports }) => reports),
  );
  const sum = (of: "reports" | "decisions") => days.reduce((all, day) => all + day[of], 0);
  const label = say("chart_days_label", { title, reports: sum("reports"), decisions: sum("decisions") });
  const drawn = svg(
    "svg",
    { class: "days", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": label },
    ...layout.bars.map((bar, index) => svg("rect", { ...bar }, svg("title", {}, dayTitle(days[index])))),
    svg("polyline", { points: layout.line, "vector-effect": "non-scaling-stroke" }),
  );
  const rows = days.map(({ day, reports, decisions }) => [day, String(reports), String(decisions)]);
  const heads = [say("chart_day"), say("chart_reports"), say("chart_decisions")];
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, title, legend()),
    h(
      "div",
      { class: "plot" },
      h("span", { class: "most", "aria-hidden": "true" }, String(layout.most)),
      drawn,
    ),
    h(
      "div",
      { class: "row ends axis", "aria-hidden": "true" },
      days[0]?.day ?? "",
      h("span", {}, days.at(-1)?.day ?? ""),
    ),
    numbers(title, heads, rows),
  );
}

export interface RowFigures {
  name: string;
  count: number;
  /** How much of the count is drawn in another colour. */
  part?: number;
  /** What stands behind the bar. */
  text: string;
}

/** Draws a bar for each row. Bars are read from the start of the line, whichever way the language runs. */
export function rowChart(title: string, rows: readonly RowFigures[], ...keys: Child[]): HTMLElement {
  const widths = layoutRows(rows.map(({ count }) => count));
  const lines = rows.map(({ name, count, part, text }, index) => {
    const share = part && count ? (100 * part) / count : 0;
    const rects = [svg("rect", { class: "whole", width: "100%", height: 14 })];
    if (share) rects.push(svg("rect", { class: "part", width: `${share}%`, height: 14 }));
    const drawn = svg(
      "svg",
      { width: `${widths[index] ?? 0}%`, height: 14, "aria-hidden": "true" },
      ...rects,
    );
    return h(
      "li",
      {},
      h("span", { class: "name" }, name),
      h("span", { class: "bar" }, drawn),
      h("span", { class: "value" }, text),
    );
  });
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, title, ...keys),
    h("ul", { class: "rows-chart" }, ...lines),
  );
}

function dayTitle(day: DayFigures | undefined): string {
  return day
    ? `${day.day}: ${day.decisions} ${say("chart_decisions")}, ${day.reports} ${say("chart_reports")}`
    : "";
}

function legend(): HTMLElement {
  const entry = (kind: string, text: string) =>
    h("span", { class: "key" }, h("i", { class: `swatch ${kind}` }), text);
  return h(
    "span",
    { class: "legend" },
    entry("of-decisions", say("chart_decisions")),
    entry("of-reports", say("chart_reports")),
  );
}

function numbers(title: string, heads: string[], rows: Child[][]): HTMLElement {
  return h("details", {}, h("summary", {}, say("chart_table")), table(title, heads, rows));
}
