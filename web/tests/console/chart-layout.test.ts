import { describe, expect, test } from "vitest";
import type { PolicyOutcome } from "../../console/src/api.generated";
import { layoutChart, layoutDays, layoutRows, totalOf } from "../../console/src/chart-layout";

const before: PolicyOutcome = {
  policy: "default-1",
  actions: { watched: { upheld: 30, overturned: 10 }, banned: { upheld: 1 } },
  missed: 20,
};
const after: PolicyOutcome = {
  policy: "trial",
  actions: { watched: { upheld: 40, softened: 10, overturned: 20, undecided: 10 } },
  missed: 0,
};

describe("the chart of a replay", () => {
  const { groups, height } = layoutChart(before, after);

  test("has a pair of bars for each level and for missed cases, without overlap", () => {
    expect(groups.map(({ name }) => name)).toEqual(["watched", "restricted", "banned", "missed"]);
    const tops = groups.flatMap(({ y, bars }) => [y, ...bars.map((bar) => bar.y)]);
    expect(tops).toEqual([...tops].sort((one, other) => one - other));
    expect(Math.max(...tops)).toBeLessThan(height);
  });

  test("gives the longest bar the full width and the others their share", () => {
    const [old, fresh] = groups[0]?.bars ?? [];
    const length = (bar = old) => bar?.segments.reduce((sum, { width }) => sum + width, 0) ?? 0;
    expect(length(fresh)).toBeCloseTo(78, 9);
    expect(length(old)).toBeCloseTo(39, 9);
  });

  test("puts segments side by side and draws no empty one", () => {
    const parts = groups[0]?.bars[0].segments ?? [];
    expect(parts.map(({ judgement }) => judgement)).toEqual(["upheld", "overturned"]);
    expect(parts[1]?.x).toBeCloseTo((parts[0]?.x ?? 0) + (parts[0]?.width ?? 0), 9);
    expect(groups[1]?.bars.map(({ segments, total }) => [segments, total])).toEqual([
      [[], 0],
      [[], 0],
    ]);
  });

  test("has the sums as totals", () => {
    expect([totalOf(before, "watched"), totalOf(after, "watched"), totalOf(before, "missed")]).toEqual([
      40, 80, 20,
    ]);
  });

  test("does not divide by zero without cases", () => {
    const nothing: PolicyOutcome = { policy: "p", actions: {}, missed: 0 };
    expect(
      layoutChart(nothing, nothing).groups.every(({ bars }) =>
        bars.every(({ segments }) => segments.length === 0),
      ),
    ).toBe(true);
  });
});

describe("the chart of days", () => {
  const { most, bars, line } = layoutDays([1, 0, 4], [2, 8, 0]);

  test("has one scale for bars and line, of which the greatest number has the full height", () => {
    expect(most).toBe(8);
    expect(bars.map(({ height }) => height)).toEqual([12.5, 0, 50]);
    expect(bars.every(({ y, height }) => y + height === 100)).toBe(true);
    expect(line.split(" ").map((point) => Number(point.split(",")[1]))).toEqual([75, 0, 100]);
  });

  test("puts the days side by side within the width, and the points of the line above their middles", () => {
    const ends = bars.flatMap(({ x, width }) => [x, x + width]);
    expect(ends).toEqual([...ends].sort((one, other) => one - other));
    expect(ends.at(-1)).toBeLessThan(100);
    const middles = bars.map(({ x, width }) => x + width / 2);
    const places = line.split(" ").map((point) => Number(point.split(",")[0]).toFixed(6));
    expect(places).toEqual(middles.map((middle) => middle.toFixed(6)));
  });

  test("draws no days without dividing by zero", () => {
    expect(layoutDays([], [])).toEqual({ most: 1, bars: [], line: "" });
    expect(layoutDays([0], [0]).bars[0]?.height).toBe(0);
  });
});

test("rows share a scale", () => {
  expect(layoutRows([2, 0, 4])).toEqual([50, 0, 100]);
  expect(layoutRows([0])).toEqual([0]);
});
