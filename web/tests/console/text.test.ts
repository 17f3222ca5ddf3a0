import { describe, expect, test } from "vitest";
import { asSentence, splitHidden, standaloneSvg } from "../../console/src/text";

describe("strangers' text", () => {
  test.each([
    "<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    '"><img src=x onerror=alert(1)>',
    "two\nlines\tand a tab",
    "می‌خواهم", // with the non-joiner that Persian needs
    "👩‍👩‍👧‍👦 e\u0301",
    "",
  ])("%j stays as it is", (written) => {
    expect(splitHidden(written)).toEqual(written ? [{ text: written, hidden: false }] : []);
  });

  test.each([
    ["a\u202Eb", "aU+202Eb"],
    ["\u0000", "U+0000"],
    ["fo\u00adol", "foU+00ADol"],
    ["\u001b[2J", "U+001B[2J"],
    ["x\u200by", "xU+200By"],
    ["\u2066\u2069", "U+2066U+2069"],
    ["\u{e0041}", "U+E0041"],
    ["\ufeff", "U+FEFF"],
    ["a\u2028b", "aU+2028b"],
    ["half \ud83d", "half U+D83D"],
    ["a\rb", "aU+000Db"],
    ["a\r\nb", "a\nb"],
  ])("%j shows what would hide as %s", (written, shown) => {
    const parts = splitHidden(written).map(({ text }) => text);
    expect(parts.join("")).toBe(shown);
  });

  test("the written name of a hidden character is ordinary text", () => {
    expect(splitHidden("U+202E")).toEqual([{ text: "U+202E", hidden: false }]);
    expect(splitHidden("a\u202e")).toEqual([
      { text: "a", hidden: false },
      { text: "U+202E", hidden: true },
    ]);
  });
});

test("inline SVG becomes an image file", () => {
  const drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="9"><path d="M0 0"/></svg>';
  expect(standaloneSvg('<svg width="9"><path d="M0 0"/></svg>')).toBe(drawn);
  expect(standaloneSvg(drawn)).toBe(drawn);
});

test.each([
  ["nobody is logged in", "Nobody is logged in."],
  ["Why?", "Why?"],
  ["", ""],
])("%j is said as %j", (text, said) => {
  expect(asSentence(text)).toBe(said);
});
