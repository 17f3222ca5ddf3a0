import { describe, expect, test } from "vitest";
import type { CaseSummary, Exposure, Proposal, TeamState } from "../../console/src/api.generated";
import {
  afterBreak,
  QUIET_MS,
  startOfWork,
  suggestion,
  withActivity,
  withBreak,
} from "../../console/src/care";
import { CareStore } from "../../console/src/care-store";
import { caseAfter, EMPTY_LIST, updateList } from "../../console/src/queue-list";
import { countForMe, forMe, skippedByNext } from "../../console/src/team-rules";
import { TeamStore } from "../../console/src/team-store";

const ANN = { name: "ann", role: "moderator" } as const;
const SUE = { name: "sue", role: "senior" } as const;
const EMPTY: TeamState = { claims: [], assignments: [], proposals: [], mentions: [], colleagues: [] };
const handed = (account: string) => ({
  case: "a",
  accused: "v",
  account,
  by: "bob",
  sentence: "look",
  at: 1,
});
const proposed = (by: string, needs: Proposal["needs"] = "moderator") =>
  ({ case: "a", decision: `of-${by}`, by, needs }) as Proposal;
const mention = { note: "n", account: "ann", case: null, visitor: "v", by: "bob", at: 1 };

describe("what waits for a moderator", () => {
  test("is what was handed to them, and for seniors what was handed to all seniors", () => {
    const state = { ...EMPTY, assignments: [handed("ann"), handed("")] };
    expect([forMe(state, ANN).handed.length, forMe(state, ANN).escalated.length]).toEqual([1, 0]);
    expect([forMe(state, SUE).handed.length, forMe(state, SUE).escalated.length]).toEqual([0, 1]);
  });

  test("is what others proposed, if their role may confirm it", () => {
    const state = { ...EMPTY, proposals: [proposed("ann"), proposed("bob"), proposed("tom", "senior")] };
    expect(forMe(state, ANN).proposals.map(({ by }) => by)).toEqual(["bob"]);
    expect(forMe(state, SUE).proposals.map(({ by }) => by)).toEqual(["ann", "bob", "tom"]);
  });

  test("is counted, with the mentions", () => {
    const state = { ...EMPTY, assignments: [handed("ann")], mentions: [mention] };
    expect([countForMe(state, ANN), countForMe(state, SUE)]).toEqual([2, 0]);
  });
});

describe("next", () => {
  const summary = { id: "a", minor: false };
  const skips = (state: Partial<TeamState>, me: typeof ANN | typeof SUE = ANN) =>
    skippedByNext(summary, { ...EMPTY, ...state }, me, false);

  test("skips what somebody else looks at or has", () => {
    expect(skips({})).toBe(false);
    expect(skips({ claims: [{ case: "a", account: "bob", since: 1 }] })).toBe(true);
    expect(skips({ claims: [{ case: "a", account: "ann", since: 1 }] })).toBe(false);
    expect(skips({ claims: [{ case: "b", account: "bob", since: 1 }] })).toBe(false);
    expect(skips({ assignments: [handed("bob")] })).toBe(true);
    expect(skips({ assignments: [handed("ann")] })).toBe(false);
    expect([skips({ assignments: [handed("")] }), skips({ assignments: [handed("")] }, SUE)]).toEqual([
      true,
      false,
    ]);
    expect(skips({ proposals: [proposed("bob")] })).toBe(true);
  });

  test("skips minors only for who wants none today", () => {
    const minor = { id: "a", minor: true };
    expect([false, true].map((none) => skippedByNext(minor, EMPTY, ANN, none))).toEqual([false, true]);
  });

  test("goes to the next case below that is not skipped, then to the most urgent", () => {
    const cases = ["a", "b", "c", "d"].map((id) => ({ id }) as CaseSummary);
    const list = updateList(EMPTY_LIST, { cases, next: null }, false);
    const next = (id: string, ...skipped: string[]) => caseAfter(id, list, ({ id }) => skipped.includes(id));
    expect(next("b")).toBe("c");
    expect(next("b", "c")).toBe("d");
    expect(next("b", "c", "d")).toBe("a");
    expect(next("b", "a", "c", "d")).toBeUndefined();
  });
});

describe("a break", () => {
  const exposure: Exposure = {
    last_hour: 10,
    since: 20,
    suggested: 60,
    limit: 0,
    work_minutes: 90,
    break_minutes: 10,
  };
  const minute = 60_000;

  test("is suggested after many pictures or long work, and not again for a while", () => {
    const care = startOfWork(0);
    expect(suggestion(care, exposure, 90 * minute - 1)).toBeUndefined();
    expect(suggestion(care, exposure, 90 * minute)).toBe("work");
    const many = { ...exposure, last_hour: 60 };
    expect(suggestion(care, many, 1)).toBe("pictures");
    expect(suggestion(afterBreak(care, 1), many, QUIET_MS)).toBeUndefined();
    expect(suggestion(afterBreak(care, 1), many, QUIET_MS + 1)).toBe("pictures");
    expect(suggestion(withBreak(care, 0, 10), many, 1)).toBeUndefined();
  });

  test("is also whatever somebody does elsewhere for as long", () => {
    const busy = withActivity(withActivity(startOfWork(0), 5 * minute, 10), 14 * minute, 10);
    expect(busy.workSince).toBe(0);
    expect(withActivity(busy, 24 * minute, 10).workSince).toBe(24 * minute);
  });

  test("lasts across reloads, and is each account's own", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    } as unknown as Storage;
    let now = 1_000;
    const open = (account: string) => {
      const store = new CareStore(storage, () => now);
      store.enter(account);
      return store;
    };
    open("ann").startBreak();
    expect([open("ann").onBreak, open("bob").onBreak]).toEqual([true, false]);
    open("ann").noMinors = true;
    expect(open("ann").noMinors).toBe(true);
    now += 10 * minute;
    expect([open("ann").onBreak, open("ann").care.workSince]).toEqual([false, now]);
    now += 25 * 60 * minute;
    expect(open("ann").noMinors).toBe(false);
    kept.set("zufall-console-care/ann", "no json");
    expect(open("ann").onBreak).toBe(false);
  });
});

test("the team's store says once that a proposal waits, and nothing of those from before", () => {
  const said: string[] = [];
  const care = { noMinors: false } as CareStore;
  const store = new TeamStore(
    () => {},
    ({ decision }) => said.push(decision),
    care,
  );
  store.me = ANN;
  store.update({ ...EMPTY, proposals: [{ ...proposed("ann"), decision: "old" }] });
  store.update({ ...EMPTY, proposals: [{ ...proposed("ann"), decision: "new" }, proposed("bob")] });
  store.update({ ...EMPTY, proposals: [{ ...proposed("ann"), decision: "new" }] });
  expect(said).toEqual(["new"]);
});
