import { describe, expect, test } from "vitest";
import { FRESH_PACE, isDue, isTooSlow, paced } from "../src/core/blur-pace";

/** Takes pictures of these costs, each as soon as it is due, and returns the pace and the time. */
function run(costs: readonly number[]) {
  let [pace, now] = [FRESH_PACE, 0];
  for (const cost of costs) {
    now = Math.max(now, pace.dueAt) + cost;
    pace = paced(pace, cost, now);
  }
  return { pace, now };
}
const many = (cost: number, count = 100) => Array<number>(count).fill(cost);

describe("the pace of the blur", () => {
  test("is at most 25 pictures a second", () => {
    const { now } = run(many(5, 50));
    expect(now / 50).toBeCloseTo(40, -0.5);
  });

  test.each([10, 30, 60, 80])("leaves two fifths of a core to the rest, at %d ms a picture", (cost) => {
    const { now } = run(many(cost));
    expect((cost * 100) / now).toBeLessThan(0.62);
  });

  test("leaves out what comes too early", () => {
    const pace = paced(FRESH_PACE, 30, 1000);
    expect([isDue(pace, 1010), isDue(pace, 1020), isDue(FRESH_PACE, 0)]).toEqual([false, true, true]);
  });
});

describe("a device", () => {
  test.each([
    ["is quick enough", many(60), false],
    ["is too slow", many(120), true],
    ["is not judged by its first pictures", [...many(500, 5), ...many(40, 10)], false],
    ["is not judged by a busy moment", [...many(40), ...many(200, 6)], false],
    ["is not judged before five seconds", many(200, 18), false],
    ["that became slow is noticed", [...many(40), ...many(150, 60)], true],
    ["that is so slow that few pictures come is noticed, too", many(1_000, 21), true],
  ])("%s", (_, costs, slow) => {
    expect(isTooSlow(run(costs).pace)).toBe(slow);
  });

  test("needs little memory for that", () => {
    expect(run(many(1, 10_000)).pace.recent.length).toBeLessThan(150);
  });
});
