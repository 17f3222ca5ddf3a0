import { expect, test } from "vitest";
import { agreedToOthers, hasAgreed, rememberAgreed } from "../src/preferences";
import { blocksOf, linesFor } from "../src/site/rules";
import { memoryStore } from "./helpers";

const texts = { "": ["Be kind."], de: ["Sei lieb."], nl: ["Wees lief."] };

test.each([
  [["de-AT", "en"], "de", "de"],
  [["en-GB", "de"], "en", ""],
  [["nl", "de"], "de", "nl"],
  [["ja", "de"], "de", "de"],
  [["ja"], "en", ""],
  [["constructor"], "en", ""],
  [[], "en", ""],
])("who prefers %j and reads a page in %s gets the rules in “%s”", (preferred, locale, language) => {
  expect(linesFor(texts, preferred, locale)).toEqual({
    language,
    lines: texts[language as keyof typeof texts],
  });
});

test("lines are paragraphs, and neighbouring items one list", () => {
  expect(blocksOf(["Welcome.", "- Be kind.", "-  Sell nothing.", "-5 is no item", "- Again"])).toEqual([
    { list: false, lines: ["Welcome."] },
    { list: true, lines: ["Be kind.", "Sell nothing."] },
    { list: false, lines: ["-5 is no item"] },
    { list: true, lines: ["Again"] },
  ]);
});

test("changed rules of the operator are agreed to anew, and only then called changed", () => {
  const store = memoryStore();
  const [first, second] = ["a", "b"].map((version) => ({ rules: { version, texts } }));
  expect([hasAgreed(store, first), agreedToOthers(store, first)]).toEqual([false, false]);
  rememberAgreed(store, first);
  expect([hasAgreed(store, first), agreedToOthers(store, first)]).toEqual([true, false]);
  expect([hasAgreed(store, second), agreedToOthers(store, second)]).toEqual([false, true]);
  expect(hasAgreed(store, { rules: null })).toBe(false);
  rememberAgreed(store);
  expect(hasAgreed(store, { rules: null })).toBe(true);
});
