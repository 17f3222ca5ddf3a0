import { describe, expect, test } from "vitest";
import {
  beginPerformance,
  DECIDE_MS,
  type Performance,
  parseVote,
  performanceStep,
  SHOW_MS,
  type Vote,
} from "../src/core/together/stage";

const vote = (vote: Vote) => ({ type: "vote", vote }) as const;
const heard = (vote: Vote) => ({ type: "heard", vote }) as const;
const timer = { type: "timer" } as const;

/** Returns the stage after the show, when both decide. */
function afterShow(performer: Performance["performer"] = "me"): Performance {
  return performanceStep(beginPerformance(performer, 0), timer, SHOW_MS) as Performance;
}

describe("the stage", () => {
  test("is somebody's for thirty seconds, and then both decide", () => {
    const show = beginPerformance("me", 0);
    expect(performanceStep(show, timer, SHOW_MS - 1)).toBe(show);
    expect(performanceStep(show, vote("again"), 10)).toBe(show); // nobody decides during the show
    expect(afterShow()).toMatchObject({ performer: "me", at: "decision", until: SHOW_MS + DECIDE_MS });
  });

  test.each<[Vote, Performance["performer"]]>([
    ["again", "me"],
    ["change", "them"],
  ])("goes on if both say %s", (said, performer) => {
    const waits = performanceStep(afterShow(), vote(said), 40_000);
    expect(waits).toMatchObject({ at: "decision", mine: said });
    const next = performanceStep(waits as Performance, heard(said), 41_000);
    expect(next).toEqual({ performer, at: "show", until: 41_000 + SHOW_MS });
  });

  test("is over if the two want different things, so nobody is put on it", () => {
    const asked = performanceStep(afterShow("them"), heard("change"), 40_000);
    expect(performanceStep(asked as Performance, vote("again"), 41_000)).toBeUndefined();
  });

  test("is over if one does not decide", () => {
    const waits = performanceStep(afterShow(), vote("again"), 40_000) as Performance;
    expect(performanceStep(waits, timer, SHOW_MS + DECIDE_MS - 1)).toBe(waits);
    expect(performanceStep(waits, timer, SHOW_MS + DECIDE_MS)).toBeUndefined();
  });

  test("counts the first vote of each alone, and one that comes a little early", () => {
    const early = performanceStep(beginPerformance("me", 0), heard("again"), SHOW_MS - 5) as Performance;
    expect(early).toMatchObject({ at: "show", theirs: "again" });
    expect(performanceStep(early, heard("change"), SHOW_MS - 4)).toBe(early);
    const decides = performanceStep(early, timer, SHOW_MS) as Performance;
    expect(decides).toMatchObject({ at: "decision", theirs: "again" });
    expect(performanceStep(decides, vote("again"), SHOW_MS + 1)).toMatchObject({ at: "show" });
    const mine = performanceStep(afterShow(), vote("again"), 40_000) as Performance;
    expect(performanceStep(mine, vote("change"), 40_001)).toBe(mine);
  });
});

test.each([undefined, "stop", "enough", 1, ["again"], { again: true }])("%j is no vote", (said) => {
  expect(parseVote({ type: "stage", vote: said })).toBeUndefined();
});
