import { expect, test, vi } from "vitest";
import { BanNotices } from "../src/ban/notice";
import { Blocks } from "../src/remedies/blocks";
import type { KeptReport } from "../src/remedies/reports";
import { Tokens } from "../src/signaling/tokens";
import { likeIn, objectIn } from "../src/storage/kept";
import { moveReports } from "../src/storage/kept-before";
import type { Shelf } from "../src/storage/shelf";
import { memoryStore } from "./helpers";

test("an object is found, and nothing else", () => {
  expect(objectIn('{"a":1}')).toEqual({ a: 1 });
  for (const other of [null, "", "{", "null", "[]", "7", '"{}"', "<html>"]) {
    expect(objectIn(other)).toBeUndefined();
  }
});

test("a value is like another of its kind", () => {
  const sample = { text: "", many: ["a"], open: false, named: {} };
  const same = { text: "b", many: [], open: true, named: { a: 1 } };
  expect(likeIn(sample, same)).toEqual(same);
  expect(likeIn(sample, { text: 1, many: [1], open: null, named: [], more: 1 })).toEqual({});
  expect(likeIn(sample, { text: null, many: "ab", named: null })).toEqual({});
  expect(likeIn(sample, undefined)).toEqual({});
});

test("blocks and reports that cannot be read are none, and do not hold up the others", async () => {
  for (const broken of ['[{"pa', "null", "{}", '[null,1,{"pass":5,"at":5},{}]']) {
    const store = memoryStore();
    for (const key of ["zufall.blocks", "zufall.reports"]) store.setItem(key, broken);
    expect(new Blocks(store).passes()).toEqual([]);
    new Blocks(store).add("m", "p");
    expect(new Blocks(store).passes()).toEqual(["p"]);
    const put = vi.fn();
    await moveReports(store, { put } as unknown as Shelf<KeptReport>, undefined);
    expect([put.mock.calls, store.getItem("zufall.reports")]).toEqual([[], null]);
  }
});

test("a token and a notice of a ban that cannot be read are none", () => {
  const store = memoryStore();
  for (const key of ["zufall.ban", "zufall.token"]) store.setItem(key, '{"tok');
  expect(new BanNotices(store).current()).toBeUndefined();
  expect(new Tokens(store).present()).toBeUndefined();
});
