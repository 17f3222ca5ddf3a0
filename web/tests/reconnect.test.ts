import { expect, test } from "vitest";
import { jitter, planAfter } from "../src/core/reconnect";

const most = () => 1;

test("delays double up to a limit and are random below it", () => {
  expect([0, 1, 2, 3, 20].map((attempt) => jitter(attempt, most))).toEqual([500, 1000, 2000, 4000, 15_000]);
  expect(jitter(5, () => 0)).toBe(0);
});

test.each([1000, 1001, 1006, 1011, 4408, 4999])("%i: reconnect", (code) => {
  expect(planAfter(code, 0, most)).toEqual({ back: true, delay: 500, renew: false });
});

test("1012: reconnect soon, spread over two seconds", () => {
  expect(planAfter(1012, 0, () => 0.5)).toEqual({ back: true, delay: 1000, renew: false });
});

test.each([1012, 1006])("%i: every delay, from the first on, may be as short as nothing", (code) => {
  const delays = (random: number) =>
    [0, 1, 2, 5]
      .map((attempt) => planAfter(code, attempt, () => random))
      .map((plan) => plan.back && plan.delay);
  const first = code === 1012 ? 2_000 : 500;
  expect(delays(0)).toEqual([0, 0, 0, 0]);
  expect(delays(0.5)).toEqual([first, 1_000, 2_000, 15_000].map((bound) => bound / 2));
  expect(delays(1)).toEqual([first, 1_000, 2_000, 15_000]);
});

test("4401: reconnect with a new token, at once only the first time", () => {
  expect(planAfter(4401, 0, most)).toEqual({ back: true, delay: 0, renew: true });
  expect(planAfter(4401, 3, most)).toEqual({ back: true, delay: 4000, renew: true });
});

test("4429: reconnect later", () => {
  expect(planAfter(4429, 0, most)).toMatchObject({ back: true, delay: 20_500 });
});

test.each([
  [4400, "refused"],
  [4413, "refused"],
  [4403, "banned"],
  [4409, "elsewhere"],
])("%i: stay away, %s", (code, why) => {
  expect(planAfter(code, 0, most)).toEqual({ back: false, why });
});
