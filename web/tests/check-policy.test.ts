import { expect, test } from "vitest";
import {
  type Assessment,
  after,
  hasBecomeWeak,
  isWeak,
  judge,
  nextLook,
  type Pace,
  UNKNOWN,
} from "../src/core/check-policy";

/** Returns the result of one score per second. */
function opinionAfter(...scores: number[]): Assessment {
  return scores.reduce((assessment, score, second) => judge(assessment, score, second * 1000), UNKNOWN);
}

test.each<[number[], Assessment["verdict"]]>([
  [[0.1], "fine"],
  [[0.6], "fine"],
  [[0.95], "bad"],
  [[0.8], "unknown"],
  [[0.8, 0.8], "bad"],
  [[0.8, 0.1], "fine"],
  [[0.1, 0.8], "fine"],
  [[0.1, 0.8, 0.1, 0.8], "fine"],
  [[0.1, 0.8, 0.75], "bad"],
  [[0.1, 0.92], "bad"],
])("scores of %j are %s", (scores, verdict) => {
  expect(opinionAfter(...scores).verdict).toBe(verdict);
});

test("a bad picture is fine again only after some time with low scores", () => {
  expect(opinionAfter(0.95, 0.1, 0.1, 0.1, 0.1, 0.1).verdict).toBe("bad");
  expect(opinionAfter(0.95, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1).verdict).toBe("fine");
});

test("a score between low and high keeps a bad picture covered and restarts the wait", () => {
  expect(opinionAfter(0.95, 0.1, 0.1, 0.1, 0.5, 0.1, 0.1, 0.1).verdict).toBe("bad");
  expect(opinionAfter(0.95, ...Array<number>(20).fill(0.5)).verdict).toBe("bad");
});

test("checks use no more than their share of a core", () => {
  for (const cost of [1, 10, 30, 100, 290]) {
    let pace: Pace = { recent: [], free: 0 };
    let now = 0;
    let spent = 0;
    while (now < 600_000) {
      now = Math.max(now, pace.free) + cost;
      spent += cost;
      pace = after(pace, cost, now);
    }
    expect(spent / now).toBeLessThanOrEqual(0.061);
    expect(hasBecomeWeak(pace)).toBe(false);
  }
});

test("a device that could check only every few seconds is weak", () => {
  expect([30, 300, 301].map(isWeak)).toEqual([false, false, true]);
});

test("a device that is busy for a short time is not weak, one that stays slow is", () => {
  const run = (costs: number[]) =>
    costs.reduce((pace, cost) => after(pace, cost, 0), { recent: [], free: 0 } as Pace);
  const busy = Array<number>(9).fill(2_000);
  expect(hasBecomeWeak(run(busy))).toBe(false);
  expect(hasBecomeWeak(run([...busy, 40]))).toBe(false);
  expect(hasBecomeWeak(run([...busy, 2_000]))).toBe(true);
});

const fine: Assessment = { verdict: "fine", high: 0 };
const none = { there: false, assessment: UNKNOWN };

test("without pictures there is nothing to check", () => {
  expect(nextLook({ theirs: none, mine: none }, { recent: [], free: 0 }, 0, 0)).toBeUndefined();
});

test("a new picture is checked at once, the stranger's first", () => {
  const pace = { recent: [], free: 2_000 };
  const fresh = { there: true, assessment: UNKNOWN };
  expect(nextLook({ theirs: fresh, mine: fresh }, pace, 5, 0)).toEqual({ wait: 0, side: "theirs" });
  expect(nextLook({ theirs: { there: true, assessment: fine }, mine: fresh }, pace, 5, 0)).toEqual({
    wait: 0,
    side: "mine",
  });
});

test("with many strangers in a short time, first checks wait, too", () => {
  const fresh = { theirs: { there: true, assessment: UNKNOWN }, mine: none };
  expect(nextLook(fresh, { recent: [], free: 9_000 }, 0, 1_000)).toEqual({ wait: 3_000, side: "theirs" });
});

test("the stranger's picture is checked twice as often as mine", () => {
  const both = { theirs: { there: true, assessment: fine }, mine: { there: true, assessment: fine } };
  const order = [0, 1, 2, 3, 4, 5].map((count) => nextLook(both, { recent: [], free: 700 }, count, 200));
  expect(order.map((next) => next?.side)).toEqual(["theirs", "theirs", "mine", "theirs", "theirs", "mine"]);
  expect(order[0]?.wait).toBe(500);
  const alone = { ...both, mine: none };
  expect(nextLook(alone, { recent: [], free: 0 }, 2, 0)?.side).toBe("theirs");
});
