import { expect, test } from "vitest";
import { MemoryShelf, type Shelf, SteadyShelf } from "../src/storage/shelf";
import { PROMISES } from "./shelf-promises";

const broken: Shelf<never> = {
  all: () => Promise.reject(new Error("forbidden")),
  put: () => Promise.reject(new Error("forbidden")),
  remove: () => Promise.reject(new Error("forbidden")),
};

test.each(PROMISES)("in memory: $name", async ({ check }) => {
  const shelf = new MemoryShelf<never>();
  const [found, expected] = await check(shelf, shelf);
  expect(found).toEqual(expected);
});

test.each(PROMISES)("where storage is forbidden: $name", async ({ check }) => {
  const shelf = new SteadyShelf<never>(broken);
  const [found, expected] = await check(shelf, shelf);
  expect(found).toEqual(expected);
});

test.each(PROMISES)("where it is allowed: $name", async ({ check }) => {
  const lasting = new MemoryShelf<never>();
  const [found, expected] = await check(new SteadyShelf(lasting), new SteadyShelf(lasting));
  expect(found).toEqual(expected);
});

test("what does not fit any more replaces what was there, for as long as the page lasts", async () => {
  const lasting = new MemoryShelf<string>();
  const shelf = new SteadyShelf(lasting);
  await shelf.put("a", "small");
  lasting.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  await shelf.put("a", "large");
  expect([await shelf.all(), await lasting.all()]).toEqual([["large"], []]);
});
