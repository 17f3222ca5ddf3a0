import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EMPTY, following, lineUp, moved } from "../../console/src/line-up";
import { HAND_MS, Lines } from "../../console/src/lines";
import type { CaseLine, Queue } from "../../console/src/types";

function queue(...ids: string[]): Queue {
  return { cases: ids.map((id) => ({ id, reports: 1 }) as CaseLine), open: ids.length, appeals: 0 };
}
const ids = (shown: typeof EMPTY) => shown.rows.map(({ line, gone }) => (gone ? `(${line.id})` : line.id));

describe("the queue as it is shown", () => {
  const shown = { ...lineUp(EMPTY, queue("a", "b", "c"), false), selected: "b" };

  test("chooses the most urgent at first", () => {
    expect(lineUp(EMPTY, queue("a", "b"), true).selected).toBe("a");
    expect(lineUp(EMPTY, queue(), false)).toEqual(EMPTY);
  });

  test("follows the server while no hand is on it; the selection stays on its case", () => {
    const next = lineUp(shown, queue("x", "c", "b"), false);
    expect([ids(next), next.selected, next.arrived]).toEqual([["x", "c", "b"], "b", []]);
  });

  test("moves no row while a hand is on it; what is new waits, what is gone stays marked", () => {
    const next = lineUp(shown, queue("x", "c", "a"), true);
    expect([ids(next), next.selected, next.arrived.map(({ id }) => id)]).toEqual([
      ["a", "(b)", "c"],
      "b",
      ["x"],
    ]);
  });

  test("brings what is known of a case up to date in its place", () => {
    const more = queue("a", "b");
    more.cases[1] = { ...more.cases[1], reports: 2 } as CaseLine;
    expect(lineUp(shown, more, true).rows[1]?.line.reports).toBe(2);
  });

  test("chooses what takes the place of a case that is gone", () => {
    expect(lineUp(shown, queue("a", "c"), false).selected).toBe("c");
    expect(lineUp({ ...shown, selected: "c" }, queue("a", "b"), false).selected).toBe("b");
    expect(lineUp(shown, queue(), false).selected).toBeUndefined();
  });

  test("the selection moves over what is gone and stops at the ends", () => {
    const some = lineUp({ ...shown, selected: "a" }, queue("a", "c"), true);
    expect(moved(some, 1).selected).toBe("c");
    expect(moved(some, -1).selected).toBe("a");
    expect(moved({ ...some, selected: "c" }, 1).selected).toBe("c");
    expect(moved(EMPTY, 1).selected).toBeUndefined();
  });

  test("after a decision comes the case below, or the most urgent, or what has just arrived", () => {
    expect([following("a", shown), following("b", shown), following("c", shown)]).toEqual(["b", "c", "a"]);
    expect(following("a", lineUp(EMPTY, queue("a"), false))).toBeUndefined();
    expect(following("a", lineUp(lineUp(EMPTY, queue("a"), false), queue("a", "n"), true))).toBe("n");
    expect(following("a", lineUp(lineUp(EMPTY, queue("a", "b"), false), queue("b"), true))).toBe("b");
  });
});

describe("the hand", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("holds the list until it rests", () => {
    const lines = new Lines(() => {}, Date.now);
    lines.take(queue("a", "b"));
    lines.hand();
    lines.take(queue("x", "a", "b"));
    expect(ids(lines.shown)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(HAND_MS - 1);
    lines.hand();
    vi.advanceTimersByTime(HAND_MS - 1);
    expect(ids(lines.shown)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(1);
    expect(ids(lines.shown)).toEqual(["x", "a", "b"]);
  });

  test("that asks to see what has arrived sees it at once", () => {
    const lines = new Lines(() => {}, Date.now);
    lines.take(queue("a"));
    lines.hand();
    lines.take(queue("x", "a"));
    lines.sort();
    expect(ids(lines.shown)).toEqual(["x", "a"]);
  });
});
