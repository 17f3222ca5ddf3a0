// Computes where the parts of a chart stand: of a replay, of days, and of rows that share a scale. Pure.

import { type Level, type PolicyOutcome, REVIEW_OUTCOMES, type ReviewOutcome } from "./api.generated";

/** x and width are in percent of the width, y and heights of a replay in pixels. */
export interface BarSegment {
  judgement: ReviewOutcome | "missed";
  count: number;
  x: number;
  width: number;
}

export interface ChartBar {
  policy: "before" | "after";
  y: number;
  total: number;
  segments: BarSegment[];
}

export interface BarGroup {
  name: Level | "missed";
  /** The top of its title. */
  y: number;
  bars: [ChartBar, ChartBar];
}

export interface ChartLayout {
  height: number;
  groups: BarGroup[];
}

export const BAR_HEIGHT = 20;
/** The width of the bars in percent; the rest is for the totals. */
const BARS_WIDTH = 78;
const TITLE_HEIGHT = 22;
const GROUP_GAP = 14;
const BAR_PITCH = BAR_HEIGHT + 4;
const GROUP_NAMES: readonly BarGroup["name"][] = ["watched", "restricted", "banned", "missed"];

/** Lays out one bar for each policy in each group. All bars have the same scale. */
export function layoutChart(before: PolicyOutcome, after: PolicyOutcome): ChartLayout {
  const most = Math.max(1, ...GROUP_NAMES.flatMap((name) => [totalOf(before, name), totalOf(after, name)]));
  const height = TITLE_HEIGHT + 2 * BAR_PITCH + GROUP_GAP;
  const groups = GROUP_NAMES.map((name, index): BarGroup => {
    const y = index * height;
    const bar = (policy: ChartBar["policy"], outcome: PolicyOutcome, down: number): ChartBar => ({
      policy,
      y: y + TITLE_HEIGHT + down,
      total: totalOf(outcome, name),
      segments: segmentsOf(outcome, name, most),
    });
    return { name, y, bars: [bar("before", before, 0), bar("after", after, BAR_PITCH)] };
  });
  return { height: GROUP_NAMES.length * height, groups };
}

export function totalOf(outcome: PolicyOutcome, name: BarGroup["name"]): number {
  return countsOf(outcome, name).reduce((sum, [, number]) => sum + number, 0);
}

export function countsOf(
  outcome: PolicyOutcome,
  name: BarGroup["name"],
): [BarSegment["judgement"], number][] {
  if (name === "missed") return [["missed", outcome.missed]];
  return REVIEW_OUTCOMES.map((judgement) => [judgement, outcome.actions[name]?.[judgement] ?? 0]);
}

function segmentsOf(outcome: PolicyOutcome, name: BarGroup["name"], most: number): BarSegment[] {
  let x = 0;
  const segments: BarSegment[] = [];
  for (const [judgement, number] of countsOf(outcome, name)) {
    const width = (number / most) * BARS_WIDTH;
    if (number > 0) segments.push({ judgement, count: number, x, width });
    x += width;
  }
  return segments;
}

export interface DayChartLayout {
  /** The greatest number, which has the full height. */
  most: number;
  /** A bar for each day. All are in percent of the width and the height. */
  bars: { x: number; y: number; width: number; height: number }[];
  /** The points of a line through the days, as SVG takes them. */
  line: string;
}

/** Lays out bars and a line over the same days, with one scale for both. */
export function layoutDays(bars: readonly number[], line: readonly number[]): DayChartLayout {
  const most = Math.max(1, ...bars, ...line);
  const step = 100 / Math.max(1, bars.length);
  const heightOf = (count: number) => (100 * count) / most;
  return {
    most,
    bars: bars.map((count, day) => ({
      x: (day + 0.15) * step,
      y: 100 - heightOf(count),
      width: 0.7 * step,
      height: heightOf(count),
    })),
    line: line.map((count, day) => `${(day + 0.5) * step},${100 - heightOf(count)}`).join(" "),
  };
}

/** Returns the width of each bar in percent. The longest has all of it. */
export function layoutRows(counts: readonly number[]): number[] {
  const most = Math.max(1, ...counts);
  return counts.map((count) => (100 * count) / most);
}
