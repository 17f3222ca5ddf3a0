import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FreshPass } from "../src/safety/fresh-pass";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the newest pass is that of its match only", async () => {
  const fresh = new FreshPass();
  expect(await fresh.of("m1", false)).toBeUndefined();
  fresh.take("m1", "p1");
  fresh.take("m1", "p2");
  expect(await fresh.of("m1", false)).toBe("p2");
  expect(await fresh.of("m2", false)).toBeUndefined();
});

test("a report in a match waits for the pass that comes at its end", async () => {
  const fresh = new FreshPass();
  fresh.take("m1", "that of a drain");
  const awaited = fresh.of("m1", true);
  await vi.advanceTimersByTimeAsync(100);
  fresh.take("m1", "that of the end");
  expect(await awaited).toBe("that of the end");
});

test("a report waits for two seconds at most", async () => {
  const fresh = new FreshPass();
  const awaited = fresh.of("m1", true);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await awaited).toBeUndefined();
});
