import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CaseQueue, CaseSummary } from "../../console/src/api.generated";
import { filterQueue, QUEUE_FILTERS } from "../../console/src/queue-filter";
import { caseAfter, EMPTY_LIST, moveSelection, updateList } from "../../console/src/queue-list";
import { QueueStore, SETTLE_MS } from "../../console/src/queue-store";

function queue(...ids: string[]): CaseQueue {
  const cases = ids.map(
    (id) =>
      ({ id, reports: 1, flagged: id.startsWith("flag"), flood: id.startsWith("flood") }) as CaseSummary,
  );
  const flagged = cases.filter((line) => line.flagged).length;
  const flooded = cases.filter((line) => line.flood).length;
  return { cases, open: ids.length, flagged, flooded, appeals: 0 };
}
const ids = (shown: typeof EMPTY_LIST) =>
  shown.rows.map(({ summary, closed }) => (closed ? `(${summary.id})` : summary.id));

describe("the list of cases", () => {
  const shown = { ...updateList(EMPTY_LIST, queue("a", "b", "c"), false), selected: "b" };

  test("selects the most urgent case at first", () => {
    expect(updateList(EMPTY_LIST, queue("a", "b"), true).selected).toBe("a");
    expect(updateList(EMPTY_LIST, queue(), false)).toEqual(EMPTY_LIST);
  });

  test("follows the service while idle, and the selection stays on its case", () => {
    const next = updateList(shown, queue("x", "c", "b"), false);
    expect([ids(next), next.selected, next.arrived]).toEqual([["x", "c", "b"], "b", []]);
  });

  test("moves no row while in use: new cases wait and closed ones stay marked", () => {
    const next = updateList(shown, queue("x", "c", "a"), true);
    expect([ids(next), next.selected, next.arrived.map(({ id }) => id)]).toEqual([
      ["a", "(b)", "c"],
      "b",
      ["x"],
    ]);
  });

  test("updates a case in its place", () => {
    const more = queue("a", "b");
    more.cases[1] = { ...more.cases[1], reports: 2 } as CaseSummary;
    expect(updateList(shown, more, true).rows[1]?.summary.reports).toBe(2);
  });

  test("selects the case that took the place of a closed one", () => {
    expect(updateList(shown, queue("a", "c"), false).selected).toBe("c");
    expect(updateList({ ...shown, selected: "c" }, queue("a", "b"), false).selected).toBe("b");
    expect(updateList(shown, queue(), false).selected).toBeUndefined();
  });

  test("the selection skips closed cases and stops at the ends", () => {
    const some = updateList({ ...shown, selected: "a" }, queue("a", "c"), true);
    expect(moveSelection(some, 1).selected).toBe("c");
    expect(moveSelection(some, -1).selected).toBe("a");
    expect(moveSelection({ ...some, selected: "c" }, 1).selected).toBe("c");
    expect(moveSelection(EMPTY_LIST, 1).selected).toBeUndefined();
  });

  test("after a decision comes the case below, or the most urgent, or a new one", () => {
    expect([caseAfter("a", shown), caseAfter("b", shown), caseAfter("c", shown)]).toEqual(["b", "c", "a"]);
    expect(caseAfter("a", updateList(EMPTY_LIST, queue("a"), false))).toBeUndefined();
    expect(caseAfter("a", updateList(updateList(EMPTY_LIST, queue("a"), false), queue("a", "n"), true))).toBe(
      "n",
    );
    expect(caseAfter("a", updateList(updateList(EMPTY_LIST, queue("a", "b"), false), queue("b"), true))).toBe(
      "b",
    );
  });
});

describe("the queue store", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("freezes the list until it is idle", () => {
    const lines = new QueueStore(() => {}, Date.now);
    lines.update(queue("a", "b"));
    lines.noteActivity();
    lines.update(queue("x", "a", "b"));
    expect(ids(lines.list)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(SETTLE_MS - 1);
    lines.noteActivity();
    vi.advanceTimersByTime(SETTLE_MS - 1);
    expect(ids(lines.list)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(1);
    expect(ids(lines.list)).toEqual(["x", "a", "b"]);
  });

  test("shows new cases at once on request", () => {
    const lines = new QueueStore(() => {}, Date.now);
    lines.update(queue("a"));
    lines.noteActivity();
    lines.update(queue("x", "a"));
    lines.sort();
    expect(ids(lines.list)).toEqual(["x", "a"]);
  });

  test("keeps to the filter, also for the case that opens next", () => {
    const lines = new QueueStore(() => {}, Date.now);
    lines.update(queue("a", "b", "flag 1", "flag 2"));
    lines.setFilter("people");
    expect([ids(lines.list), lines.caseAfter("b")]).toEqual([["a", "b"], "a"]);
    lines.update(queue("x", "a", "flag 3"));
    expect([ids(lines.list), lines.latest?.open]).toEqual([["x", "a"], 3]);
    lines.noteActivity();
    lines.setFilter("flags");
    expect([ids(lines.list), lines.list.arrived]).toEqual([["flag 3"], []]);
    lines.setFilter("all");
    expect(ids(lines.list)).toEqual(["x", "a", "flag 3"]);
  });

  test("folds the cases of a flood until somebody wants to see them", () => {
    const lines = new QueueStore(() => {}, Date.now);
    lines.update(queue("a", "flag 1", "flood 1", "flood 2"));
    expect([ids(lines.list), lines.latest?.flooded]).toEqual([["a", "flag 1"], 2]);
    lines.toggleFlood();
    expect(ids(lines.list)).toEqual(["a", "flag 1", "flood 1", "flood 2"]);
    lines.setFilter("people");
    expect(ids(lines.list)).toEqual(["a", "flood 1", "flood 2"]);
    lines.toggleFlood();
    lines.update(queue("a", "flood 3"));
    expect([ids(lines.list), lines.list.arrived]).toEqual([["a"], []]);
  });

  test("counts the open cases of each filter, also those beyond the list", () => {
    const latest = { ...queue("a", "flag 1"), open: 500, flagged: 120 };
    expect(QUEUE_FILTERS.map((kind) => filterQueue(latest, kind).open)).toEqual([500, 380, 120]);
  });
});
