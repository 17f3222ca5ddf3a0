import { expect, test } from "vitest";
import {
  type Assessment,
  after,
  hasBecomeWeak,
  isClose,
  isWeak,
  judge,
  nextLook,
  type Pace,
  replaced,
  resized,
  UNKNOWN,
} from "../src/core/check-policy";

const pace = (free: number): Pace => ({ recent: [], free, soonest: free });

/** Returns the result of one score per second for my own picture. */
function opinionAfter(...scores: number[]): Assessment {
  return scores.reduce((before, score, second) => judge(before, score, "mine", second * 1000), UNKNOWN);
}

/** Returns what is thought of a stranger's picture of this size, with a score for each time. */
function theirsAfter(looks: Record<number, number>, before = resized(UNKNOWN, "640×360")): Assessment {
  return Object.entries(looks).reduce((one, [at, score]) => judge(one, score, "theirs", Number(at)), before);
}
const FINE = theirsAfter({ 0: 0.1, 1000: 0.1 });

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

test.each<[Record<number, number>, Assessment["verdict"]]>([
  [{ 0: 0.1 }, "unknown"],
  [{ 0: 0.1, 200: 0.1, 399: 0.1 }, "unknown"],
  [{ 0: 0.1, 200: 0.1, 400: 0.1 }, "fine"],
  [{ 0: 0.1, 500: 0.8, 1000: 0.1, 1399: 0.1 }, "unknown"],
  [{ 0: 0.1, 500: 0.8, 1000: 0.1, 1400: 0.1 }, "fine"],
  [{ 0: 0.1, 1000: 0.95 }, "bad"],
  [{ 0: 0.1, 1000: 0.1, 1500: 0.95 }, "bad"],
])("a stranger's picture needs two clear looks 0.4 s apart: %j is %s", (looks, verdict) => {
  expect(theirsAfter(looks).verdict).toBe(verdict);
});

test("a new size is doubted until one more look, and then it is known", () => {
  const small = resized(FINE, "320×180");
  expect([small.verdict, small.due]).toEqual(["doubted", true]);
  expect(theirsAfter({ 5000: 0.95 }, small).verdict).toBe("bad");
  const seen = theirsAfter({ 5000: 0.1 }, small);
  expect([seen.verdict, seen.due]).toEqual(["fine", undefined]);
  for (const size of ["640×360", "320×180"]) {
    expect(resized(seen, size), "it is shown meanwhile, and looked at once").toMatchObject({
      verdict: "fine",
      due: true,
    });
  }
});

test("a picture that is not fine stays what it is when its size changes", () => {
  const bad = theirsAfter({ 0: 0.95 });
  expect([bad, UNKNOWN].map((one) => resized(one, "1×1").verdict)).toEqual(["bad", "unknown"]);
  const doubted = resized(FINE, "320×180");
  expect(resized(doubted, "640×360").verdict, "going back does not help").toBe("doubted");
});

test("after a suspicious score, a new size needs two clear looks again", () => {
  const suspicious = resized(theirsAfter({ 1500: 0.8 }, FINE), "320×180");
  expect(theirsAfter({ 2000: 0.1 }, suspicious).verdict).toBe("doubted");
  expect(theirsAfter({ 2000: 0.1, 3000: 0.1 }, suspicious).verdict).toBe("fine");
});

test("a picture that was tiny is doubted in every size", () => {
  expect(resized(FINE, undefined).verdict).toBe("doubted");
  expect(resized(resized(FINE, undefined), "640×360").verdict).toBe("doubted");
});

test("another track is doubted, even in a known size, and needs two clear looks", () => {
  const other = replaced(FINE);
  expect([other.verdict, other.due, resized(other, "640×360").verdict]).toEqual(["doubted", true, "doubted"]);
  expect(theirsAfter({ 9000: 0.1 }, other).verdict).toBe("doubted");
  expect(theirsAfter({ 9000: 0.1, 10000: 0.1 }, other).verdict).toBe("fine");
  expect(replaced(theirsAfter({ 0: 0.95 })).verdict).toBe("bad");
});

test("a picture is looked at closely until it has been fine for ten seconds", () => {
  expect([UNKNOWN, resized(FINE, "1×1")].map((one) => isClose(one, 99_000))).toEqual([true, true]);
  expect([10_999, 11_000].map((now) => isClose(FINE, now))).toEqual([true, false]);
  expect(isClose(theirsAfter({ 0: 0.95 }), 0)).toBe(false);
});

test("close looks come every half second, and use at most half of a core", () => {
  const close = (cost: number) => after(pace(0), cost, cost, true).free;
  expect([10, 30, 250, 300].map(close)).toEqual([500, 500, 500, 600]);
});

test("checks use no more than their share of a core", () => {
  for (const cost of [1, 10, 30, 100, 290]) {
    let used = pace(0);
    let now = 0;
    let spent = 0;
    while (now < 600_000) {
      now = Math.max(now, used.free) + cost;
      spent += cost;
      used = after(used, cost, now);
    }
    expect(spent / now).toBeLessThanOrEqual(0.061);
    expect(hasBecomeWeak(used)).toBe(false);
  }
});

test("a device that could check only every few seconds is weak", () => {
  expect([30, 300, 301].map(isWeak)).toEqual([false, false, true]);
});

test("a device that is busy for a short time is not weak, one that stays slow is", () => {
  const run = (costs: number[]) => costs.reduce((used, cost) => after(used, cost, 0), pace(0));
  const busy = Array<number>(9).fill(2_000);
  expect(hasBecomeWeak(run(busy))).toBe(false);
  expect(hasBecomeWeak(run([...busy, 40]))).toBe(false);
  expect(hasBecomeWeak(run([...busy, 2_000]))).toBe(true);
});

test("what was used up before does not delay a close look", () => {
  const used = { recent: [], free: 9_000, soonest: 1_500 };
  const at = (theirs: Assessment) =>
    nextLook({ theirs: { there: true, assessment: theirs }, mine: none }, used, 0, 1_000)?.wait;
  expect([at({ ...fine, fineSince: 500 }), at(UNKNOWN)]).toEqual([500, 500]);
  expect(at({ ...fine, fineSince: -20_000 })).toBe(8_000);
});

const fine: Assessment = { verdict: "fine", high: 0 };
const none = { there: false, assessment: UNKNOWN };

test("without pictures there is nothing to check", () => {
  expect(nextLook({ theirs: none, mine: none }, pace(0), 0, 0)).toBeUndefined();
});

test("a new picture is checked at once, the stranger's first", () => {
  const used = pace(2_000);
  const fresh = { there: true, assessment: UNKNOWN };
  const resizedNow = { there: true, assessment: resized(FINE, "320×180") };
  expect(nextLook({ theirs: fresh, mine: fresh }, used, 5, 0)).toEqual({ wait: 0, side: "theirs" });
  expect(nextLook({ theirs: { there: true, assessment: fine }, mine: fresh }, used, 5, 0)).toEqual({
    wait: 0,
    side: "mine",
  });
  expect(nextLook({ theirs: resizedNow, mine: none }, used, 0, 0)).toEqual({ wait: 0, side: "theirs" });
});

test("with many new pictures in a short time, first checks wait, too", () => {
  const fresh = { theirs: none, mine: { there: true, assessment: UNKNOWN } };
  expect(nextLook(fresh, pace(9_000), 0, 1_000)).toEqual({ wait: 3_000, side: "mine" });
});

test("the stranger's picture is checked twice as often as mine", () => {
  const both = { theirs: { there: true, assessment: fine }, mine: { there: true, assessment: fine } };
  const order = [0, 1, 2, 3, 4, 5].map((count) => nextLook(both, pace(20_700), count, 20_200));
  expect(order.map((next) => next?.side)).toEqual(["theirs", "theirs", "mine", "theirs", "theirs", "mine"]);
  expect(order[0]?.wait).toBe(500);
  const close = { ...both, theirs: { there: true, assessment: { ...fine, fineSince: 20_000 } } };
  expect(nextLook(close, pace(20_700), 2, 20_200)?.side, "it is new").toBe("theirs");
  const alone = { ...both, mine: none };
  expect(nextLook(alone, pace(0), 2, 0)?.side).toBe("theirs");
});
