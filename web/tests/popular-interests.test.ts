import { expect, test } from "vitest";
import { fetchPopular, offered, parseInterests } from "../src/popular-interests";

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
])("%j names nothing", (answer) => expect(parseInterests(answer)).toEqual([]));

test("interests come each once, in their order, and no more than a dozen", () => {
  const many = Array.from({ length: 30 }, (_, n) => `interest ${n}`);
  expect(parseInterests({ popular: ["chess", "café", "chess", " tea "] })).toEqual(["chess", "café", "tea"]);
  expect(parseInterests({ popular: many })).toEqual(many.slice(0, 12));
});

test("what one has already is not offered, and nothing when there is no room", () => {
  expect(offered(["chess", "tea"], ["tea"])).toEqual(["chess"]);
  expect(
    offered(
      ["chess"],
      Array.from({ length: 10 }, (_, n) => `${n}`),
    ),
  ).toEqual([]);
});

test("who does not answer, or answers nonsense, is passed over", async () => {
  const answers = (response: () => Promise<Response>) => fetchPopular(response as typeof fetch);
  expect(await answers(async () => Response.json({ popular: ["chess"] }))).toEqual(["chess"]);
  expect(await answers(async () => new Response("", { status: 404 }))).toBeUndefined();
  expect(await answers(async () => new Response("<html>"))).toBeUndefined();
  expect(await answers(() => Promise.reject(new TypeError("offline")))).toBeUndefined();
});
