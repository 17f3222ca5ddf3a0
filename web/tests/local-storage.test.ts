import { expect, test, vi } from "vitest";
import { onlyOneTab, openStorage } from "../src/storage/local-storage";

type Locks = Pick<LockManager, "request">;

/** Locks of which only `free` are available. */
function locks(free: boolean): Locks {
  const request = (_: string, __: object, use: (lock: object | null) => unknown) => use(free ? {} : null);
  return { request: async (...args: Parameters<typeof request>) => request(...args) } as unknown as Locks;
}

const forbidden = { request: () => Promise.reject(new DOMException("no", "SecurityError")) } as Locks;

test.each([
  ["nobody else does it", locks(true), 1],
  ["another tab does it", locks(false), 0],
  ["locks are forbidden", forbidden, 1],
  ["there are none", undefined, 1],
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

test("what a full storage refuses is kept for the page", () => {
  const kept = new Map([["known", "before"]]);
  let full = true;
  const store = openStorage(
    () =>
      ({
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => {
          if (full) throw new DOMException("no room", "QuotaExceededError");
          kept.set(key, value);
        },
        removeItem: (key) => void kept.delete(key),
      }) as Storage,
  );
  store.setItem("known", "now");
  expect(store.getItem("known")).toBe("now");
  full = false;
  store.setItem("known", "later");
  expect([store.getItem("known"), kept.get("known")]).toEqual(["later", "later"]);
  store.removeItem("known");
  expect(store.getItem("known")).toBeNull();
});
