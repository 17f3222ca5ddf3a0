// Computes where the bars of a replay stand: x in percent of the width, y in pixels. Pure.

import { type Level, type PolicyOutcome, REVIEW_OUTCOMES, type ReviewOutcome } from "./api.generated";

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
const BARS_WIDTH = 88;
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
