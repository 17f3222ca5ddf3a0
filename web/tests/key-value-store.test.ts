import { expect, test } from "vitest";
import { FallbackStore, type KeyValueStore, MemoryStore } from "../src/storage/key-value-store";
import { PROMISES } from "./store-promises";

const broken: KeyValueStore<never> = {
  all: () => Promise.reject(new Error("forbidden")),
  put: () => Promise.reject(new Error("forbidden")),
  remove: () => Promise.reject(new Error("forbidden")),
};

test.each(PROMISES)("in memory: $name", async ({ check }) => {
  const store = new MemoryStore<never>();
  const [found, expected] = await check(store, store);
  expect(found).toEqual(expected);
});

test.each(PROMISES)("without permission: $name", async ({ check }) => {
  const store = new FallbackStore<never>(broken);
  const [found, expected] = await check(store, store);
  expect(found).toEqual(expected);
});

test.each(PROMISES)("with permission: $name", async ({ check }) => {
  const lasting = new MemoryStore<never>();
  const [found, expected] = await check(new FallbackStore(lasting), new FallbackStore(lasting));
  expect(found).toEqual(expected);
});

test("an item that no longer fits replaces the old one until the page closes", async () => {
  const lasting = new MemoryStore<string>();
  const store = new FallbackStore(lasting);
  await store.put("a", "small");
  lasting.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  await store.put("a", "large");
  expect([await store.all(), await lasting.all()]).toEqual([["large"], []]);
});
