// Where the bars of a replay stand. Pure; across in percent of the width, down in pixels.

import { JUDGEMENTS, type Judgement, type Level, type Outcome } from "./types";

export interface Part {
  judgement: Judgement | "missed";
  number: number;
  x: number;
  width: number;
}

export interface Bar {
  policy: "before" | "after";
  y: number;
  total: number;
  parts: Part[];
}

export interface Group {
  name: Level | "missed";
  /** The line of its title. */
  y: number;
  bars: [Bar, Bar];
}

export interface Chart {
  height: number;
  groups: Group[];
}

export const BAR_HEIGHT = 20;
/** What remains at the right is for the totals. */
const WIDTH = 88;
const TITLE = 22;
const GAP = 14;
const PITCH = BAR_HEIGHT + 4;
const SHOWN: readonly Group["name"][] = ["watched", "restricted", "banned", "missed"];

/** A bar for each policy in each group; all have one scale, so lengths can be compared. */
export function chartOf(before: Outcome, after: Outcome): Chart {
  const most = Math.max(1, ...SHOWN.flatMap((name) => [totalOf(before, name), totalOf(after, name)]));
  const height = TITLE + 2 * PITCH + GAP;
  const groups = SHOWN.map((name, place): Group => {
    const y = place * height;
    const bar = (policy: Bar["policy"], outcome: Outcome, down: number): Bar => ({
      policy,
      y: y + TITLE + down,
      total: totalOf(outcome, name),
      parts: partsOf(outcome, name, most),
    });
    return { name, y, bars: [bar("before", before, 0), bar("after", after, PITCH)] };
  });
  return { height: SHOWN.length * height, groups };
}

export function totalOf(outcome: Outcome, name: Group["name"]): number {
  return numbersOf(outcome, name).reduce((sum, [, number]) => sum + number, 0);
}

export function numbersOf(outcome: Outcome, name: Group["name"]): [Part["judgement"], number][] {
  if (name === "missed") return [["missed", outcome.missed]];
  return JUDGEMENTS.map((judgement) => [judgement, outcome.actions[name]?.[judgement] ?? 0]);
}

function partsOf(outcome: Outcome, name: Group["name"], most: number): Part[] {
  let x = 0;
  const parts: Part[] = [];
  for (const [judgement, number] of numbersOf(outcome, name)) {
    const width = (number / most) * WIDTH;
    if (number > 0) parts.push({ judgement, number, x, width });
    x += width;
  }
  return parts;
}
