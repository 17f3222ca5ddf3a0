import { expect, test } from "vitest";
import { BanNoticeStore } from "../src/ban/ban-notice-store";
import { PendingBlocks } from "../src/safety/pending-blocks";
import { TokenStore } from "../src/signaling/token-store";
import { parseObject, sameTypes } from "../src/storage/json-guards";
import { memoryStore } from "./helpers";

test("an object is parsed, and nothing else", () => {
  expect(parseObject('{"a":1}')).toEqual({ a: 1 });
  for (const other of [null, "", "{", "null", "[]", "7", '"{}"', "<html>"]) {
    expect(parseObject(other)).toBeUndefined();
  }
});

test("values are compared by their types", () => {
  const sample = { text: "", many: ["a"], open: false, named: {} };
  const same = { text: "b", many: [], open: true, named: { a: 1 } };
  expect(sameTypes(sample, same)).toEqual(same);
  expect(sameTypes(sample, { text: 1, many: [1], open: null, named: [], more: 1 })).toEqual({});
  expect(sameTypes(sample, { text: null, many: "ab", named: null })).toEqual({});
  expect(sameTypes(sample, undefined)).toEqual({});
});

test("blocks that cannot be read are ignored", () => {
  for (const broken of ['[{"pa', "null", "{}", '[null,1,{"pass":5,"at":5},{}]']) {
    const store = memoryStore();
    store.setItem("zufall.blocks", broken);
    expect(new PendingBlocks(store).passes()).toEqual([]);
    new PendingBlocks(store).add("m", "p");
    expect(new PendingBlocks(store).passes()).toEqual(["p"]);
  }
});

test("a token and a ban notice that cannot be read are ignored", () => {
  const store = memoryStore();
  for (const key of ["zufall.ban", "zufall.token"]) store.setItem(key, '{"tok');
  expect(new BanNoticeStore(store).current()).toBeUndefined();
  expect(new TokenStore(store).stored()).toBeUndefined();
});
