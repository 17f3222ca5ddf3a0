import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KINDS, of } from "../../console/src/kinds";
import { EMPTY, following, lineUp, moved } from "../../console/src/line-up";
import { HAND_MS, Lines } from "../../console/src/lines";
import type { CaseLine, Queue } from "../../console/src/types";

function queue(...ids: string[]): Queue {
  const cases = ids.map((id) => ({ id, reports: 1, flagged: id.startsWith("flag") }) as CaseLine);
  const flagged = cases.filter((line) => line.flagged).length;
  return { cases, open: ids.length, flagged, appeals: 0 };
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

  test("of what is chosen to be shown, cases of flags alone stay apart, and nothing else is opened next", () => {
    const lines = new Lines(() => {}, Date.now);
    lines.take(queue("a", "b", "flag 1", "flag 2"));
    lines.choose("people");
    expect([ids(lines.shown), lines.following("b")]).toEqual([["a", "b"], "a"]);
    lines.take(queue("x", "a", "flag 3"));
    expect([ids(lines.shown), lines.latest?.open]).toEqual([["x", "a"], 3]);
    lines.hand();
    lines.choose("flags");
    expect([ids(lines.shown), lines.shown.arrived]).toEqual([["flag 3"], []]);
    lines.choose("all");
    expect(ids(lines.shown)).toEqual(["x", "a", "flag 3"]);
  });

  test("counts what is open of each kind, also of what is not in the list", () => {
    const latest = { ...queue("a", "flag 1"), open: 500, flagged: 120 };
    expect(KINDS.map((kind) => of(latest, kind).open)).toEqual([500, 380, 120]);
  });
});
