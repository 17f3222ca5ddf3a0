// A language that runs from right to left needs no style sheet of its own.

import { expect, test } from "vitest";

const SHEETS = import.meta.glob<string>("../../console/style/*.css", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Matches declarations that name a side, or give four sides or corners of which the left and the right differ. */
const SIDED = [
  /(?<=[;{]\s*)[a-z-]*\b(?:left|right)\b[a-z-]*\s*:[^;}]*/g,
  /(?<=[;{]\s*)[a-z-]+\s*:[^;}]*\b(?:left|right)\b[^;}]*/g,
  /(?<=[;{]\s*)(?:margin|padding|border-width)\s*:\s*\S+ (\S+) \S+ (?!\1[;}\s])[^\s;}]+/g,
  /(?<=[;{]\s*)border-radius\s*:\s*[^;}\s]+ [^;}]+/g,
  /(?<=[;{]\s*)box-shadow\s*:[^;}]*inset [1-9]\d*px/g,
];

const sided = (sheet: string) => {
  const declarations = sheet.replace(/\/\*[\s\S]*?\*\//g, "");
  return SIDED.flatMap((pattern) => declarations.match(pattern) ?? []);
};

test("declarations that name a side are found", () => {
  for (const wrong of [
    "margin-left: 4px",
    "left: 0",
    "border-top-right-radius: 4px",
    "text-align: right",
    "background: linear-gradient(to left, red, blue)",
    "padding: 8px 16px 8px 0",
    "border-radius: 4px 14px 14px 4px",
    "box-shadow: inset 4px 0 0 red",
  ])
    expect([wrong, sided(`a { color: red; ${wrong}; }`)]).toEqual([wrong, [expect.any(String)]]);
  expect(sided("a { margin: 4px 8px 0 8px; margin-inline-start: 4px; border-radius: 8px }")).toEqual([]);
});

test.each(Object.entries(SHEETS))("%s names no side", (_, sheet) => {
  expect(sheet).not.toBe("");
  expect(sided(sheet)).toEqual([]);
});
