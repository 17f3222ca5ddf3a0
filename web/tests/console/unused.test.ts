// Nothing stays behind when a screen changes: no word that nobody says, and no style of what is not there.

import { expect, test } from "vitest";
import { en } from "../../console/src/words.en";

const SOURCES = import.meta.glob<string>(
  [
    "../../console/src/**/*.ts",
    "!../../console/src/words.*.ts",
    "../../console/index.html",
    "../../src/view/*.ts",
  ],
  { query: "?raw", import: "default", eager: true },
);
const SHEETS = import.meta.glob<string>("../../console/style/*.css", {
  query: "?raw",
  import: "default",
  eager: true,
});

const source = Object.values(SOURCES).join("\n");
const found = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, part = ""]) => part);

/** The beginnings and ends of keys of which the rest is computed, such as `reason_` of a reason. */
const BEGINNINGS = [...found(/`(\w+_)\$\{/g), ...found(/named\(\s*"(\w+)"/g).map((kind) => `${kind}_`)];
const ENDS = found(/`\$\{\w+\}(_\w+)`/g);
const CLASS_BEGINNINGS = found(/`(\w+-)\$\{/g);
const CLASS_ENDS = found(/`\$\{\w+\}(-\w+)`/g);

function isSaid(key: string): boolean {
  const named = [key, key.replace(/_(one|other)$/, "")].some((name) => source.includes(`"${name}"`));
  return named || BEGINNINGS.some((part) => key.startsWith(part)) || ENDS.some((part) => key.endsWith(part));
}

test("each text is said somewhere", () => {
  expect(isSaid("screen_queue")).toBe(true);
  expect(isSaid("no_such_text")).toBe(false);
  expect(Object.keys(en).filter((key) => !isSaid(key))).toEqual([]);
});

test.each(Object.entries(SHEETS))("each class and id in %s is on the page", (_, sheet) => {
  const selectors = sheet.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\{[^{}]*\}/g, "{}");
  const names = [...selectors.matchAll(/[.#]([a-zA-Z][\w-]*)/g)].map(([, name = ""]) => name);
  const isThere = (name: string) =>
    new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(source) ||
    CLASS_BEGINNINGS.some((part) => name.startsWith(part)) ||
    CLASS_ENDS.some((part) => name.endsWith(part));
  expect([...new Set(names)].filter((name) => !isThere(name))).toEqual([]);
});
