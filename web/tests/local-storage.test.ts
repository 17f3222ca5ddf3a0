import { expect, test } from "vitest";
import { openStorage } from "../src/storage/local-storage";

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
