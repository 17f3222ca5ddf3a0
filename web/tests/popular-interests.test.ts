import { expect, test } from "vitest";
import { offered, parseInterests } from "../src/popular-interests";

test.each([
  undefined,
  null,
  7,
  "chess",
  [],
  {},
  { popular: null },
  { popular: "chess" },
  { popular: { length: 2 } },
  { popular: [null, 7, {}, ["chess"], "", "  ", "a,b", "a\u202eb", "x".repeat(33), "two\nlines"] },
])("%j contains no interests", (answer) => expect(parseInterests(answer)).toEqual([]));

test("interests are unique, in order, and at most a dozen", () => {
  const many = Array.from({ length: 30 }, (_, n) => `interest ${n}`);
  expect(parseInterests({ popular: ["chess", "café", "chess", " tea "] })).toEqual(["chess", "café", "tea"]);
  expect(parseInterests({ popular: many })).toEqual(many.slice(0, 12));
});

test("own interests are not offered, and none without room", () => {
  expect(offered(["chess", "tea"], ["tea"])).toEqual(["chess"]);
  expect(
    offered(
      ["chess"],
      Array.from({ length: 10 }, (_, n) => `${n}`),
    ),
  ).toEqual([]);
});
