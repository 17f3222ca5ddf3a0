import { expect, test, vi } from "vitest";
import { onlyOneTab } from "../src/storage/tab-locks";

type Locks = Pick<LockManager, "request">;

/** Locks of which only `free` are available. */
function locks(free: boolean): Locks {
  const request = (_: string, __: object, use: (lock: object | null) => unknown) => use(free ? {} : null);
  return { request: async (...args: Parameters<typeof request>) => request(...args) } as unknown as Locks;
}

const forbidden = { request: () => Promise.reject(new DOMException("no", "SecurityError")) } as Locks;

test.each([
  ["work runs if no other tab does it", locks(true), 1],
  ["work does not run if another tab does it", locks(false), 0],
  ["work runs if locks are forbidden", forbidden, 1],
  ["work runs without locks", undefined, 1],
])("%s", async (_, with_, times) => {
  vi.stubGlobal("navigator", {});
  const work = vi.fn(async () => {});
  await onlyOneTab("it", work, with_);
  expect(work).toHaveBeenCalledTimes(times);
});

test("work that fails is not repeated", async () => {
  const work = vi.fn(() => Promise.reject(new Error("failed")));
  await expect(onlyOneTab("it", work, locks(true))).rejects.toThrow("failed");
  expect(work).toHaveBeenCalledOnce();
});
