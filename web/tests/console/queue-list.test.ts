import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CasePage, CaseQueue, CaseSummary } from "../../console/src/api.generated";
import { ApiError } from "../../console/src/api-client";
import {
  appendPage,
  caseAfter,
  EMPTY_LIST,
  moveSelection,
  refreshRows,
  updateList,
} from "../../console/src/queue-list";
import { type LoadCases, QueueStore, REFRESH_MS, SETTLE_MS } from "../../console/src/queue-store";

function queue(...ids: string[]): CaseQueue {
  const cases = ids.map(
    (id) =>
      ({ id, reports: 1, flagged: id.startsWith("flag"), flood: id.startsWith("flood") }) as CaseSummary,
  );
  const flagged = cases.filter((line) => line.flagged).length;
  const flooded = cases.filter((line) => line.flood).length;
  return { cases, open: ids.length, flagged, flooded, appeals: 0, next: null };
}

/** Returns the first cases of a longer list; the urgency falls from one to the next. */
function firstOf(from: number, to: number, next: string | null): CaseQueue {
  const numbers = Array.from({ length: to - from }, (_, place) => from + place);
  const cases = numbers.map((number) => summary(`c${number}`, -number));
  return { ...queue(), cases, open: 1_000, next };
}
function summary(id: string, urgency: number, closed_at = 0): CaseSummary {
  return { id, urgency, closed_at, opened_at: 0, reports: 1 } as CaseSummary;
}
const neverLoads: LoadCases = () => Promise.reject(new Error("nothing is to be loaded"));
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
    const lines = new QueueStore(() => {}, Date.now, neverLoads);
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
    const lines = new QueueStore(() => {}, Date.now, neverLoads);
    lines.update(queue("a"));
    lines.noteActivity();
    lines.update(queue("x", "a"));
    lines.sort();
    expect(ids(lines.list)).toEqual(["x", "a"]);
  });

  test("loads what is behind the first cases, and only once at a time", async () => {
    const asked: string[] = [];
    const load: LoadCases = async (parameters) => {
      asked.push(parameters);
      return { cases: firstOf(3, 5, null).cases, next: null, total: null };
    };
    const lines = new QueueStore(() => {}, Date.now, load);
    lines.update(firstOf(0, 3, "0~1~c2"));
    expect([lines.total, lines.list.next]).toEqual([1_000, "0~1~c2"]);
    await Promise.all([lines.loadMore(), lines.loadMore()]);
    await lines.loadMore();
    expect(asked).toEqual(["&after=0~1~c2&limit=100"]);
    expect(ids(lines.list)).toEqual(["c0", "c1", "c2", "c3", "c4"]);
  });

  test("shows what a search finds, and drops the answer to an earlier one", async () => {
    const answers = new Map<string, (page: CasePage) => void>();
    const load = ((parameters: string) =>
      new Promise((resolve) => answers.set(parameters, resolve))) as LoadCases;
    const lines = new QueueStore(() => {}, Date.now, load);
    lines.update(queue("a"));
    lines.show({ reason: "spam" });
    expect([lines.list.rows, lines.total]).toEqual([[], undefined]);
    lines.show({ reason: "hate" });
    answers.get("reason=hate")?.({ cases: queue("h").cases, next: null, total: 1 });
    answers.get("reason=spam")?.({ cases: queue("s").cases, next: null, total: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(lines.list), lines.total]).toEqual([["h"], 1]);
    lines.update(queue("a", "b"));
    expect(ids(lines.list)).toEqual(["h"]);
    lines.show({});
    expect(ids(lines.list)).toEqual(["a", "b"]);
  });

  test("asks what became of the cases in view when something has changed", async () => {
    const load: LoadCases = async (parameters) => {
      expect(parameters).toBe("state=all&group=all&id=c0,c4&limit=100");
      return { cases: [summary("c4", -4, 99)], next: null, total: 1 };
    };
    const lines = new QueueStore(() => {}, Date.now, load);
    lines.update(firstOf(0, 3, "x"));
    lines.list = appendPage(lines.list, firstOf(3, 6, null));
    lines.noteActivity();
    lines.update(firstOf(1, 3, "x"));
    lines.inView = ["c2", "c4"];
    await vi.advanceTimersByTimeAsync(REFRESH_MS);
    expect(ids(lines.list)).toEqual(["(c0)", "c1", "c2", "c3", "(c4)", "c5"]);
    expect(lines.row("c4")?.closed).toBe(true);
  });

  test("says what went wrong, and tries again when somebody asks for it", async () => {
    let fails = true;
    const load: LoadCases = async () => {
      if (fails) throw new ApiError("unavailable", "Away.");
      return { cases: queue("s").cases, next: null, total: 1 };
    };
    const lines = new QueueStore(() => {}, Date.now, load);
    lines.show({ reason: "spam" });
    await vi.advanceTimersByTimeAsync(0);
    expect(lines.problem).toBe("Away.");
    fails = false;
    lines.retry();
    await vi.advanceTimersByTimeAsync(0);
    expect([lines.problem, ids(lines.list)]).toEqual([undefined, ["s"]]);
  });
});

describe("a list that is longer than its first cases", () => {
  const long = appendPage(updateList(EMPTY_LIST, firstOf(0, 3, "x"), false), firstOf(3, 6, "y"));

  test("keeps the rows behind the first ones, and where it goes on", () => {
    const next = updateList(long, firstOf(0, 2, "x"), false);
    expect([ids(next), next.next]).toEqual([["c0", "c1", "c2", "c3", "c4", "c5"], "y"]);
  });

  test("leaves out a case that is missing among the first ones", () => {
    const first = { ...firstOf(0, 3, "x"), cases: firstOf(0, 3, "x").cases.filter(({ id }) => id !== "c1") };
    expect(ids(updateList(long, first, false))).toEqual(["c0", "c2", "c3", "c4", "c5"]);
    expect(ids(updateList(long, first, true))).toEqual(["c0", "(c1)", "c2", "c3", "c4", "c5"]);
  });

  test("does not lose a new case that another one pushed behind the first ones", () => {
    const first = (...newer: CaseSummary[]) => ({ cases: newer, next: "z" });
    const busy = updateList(long, first(summary("n1", 1), summary("c0", 0)), true);
    const busier = updateList(busy, first(summary("n3", 3), summary("n2", 2)), true);
    expect(busier.arrived.map(({ id }) => id)).toEqual(["n3", "n2", "n1"]);
    const sorted = updateList(busier, first(summary("n3", 3), summary("n2", 2)), false);
    expect(ids(sorted)).toEqual(["n3", "n2", "n1", "c0", "c1", "c2", "c3", "c4", "c5"]);
  });

  test("keeps its rows where a step of a long search finds nothing", () => {
    expect(ids(updateList(long, { cases: [], next: "z" }, false))).toEqual(ids(long));
  });

  test("marks closed cases, unless decided ones are what is shown", () => {
    const closed = [summary("c4", -4, 99)];
    expect(ids(refreshRows(long, closed))).toContain("(c4)");
    expect(ids(refreshRows(long, closed, { state: "all" }))).toContain("c4");
  });
});
