import { expect, test } from "vitest";
import { blocksOf, linesFor } from "../src/site/rules";

const texts = { "": ["Be kind."], de: ["Sei lieb."], nl: ["Wees lief."] };

test.each([
  [["de-AT", "en"], "de", "de"],
  [["en-GB", "de"], "en", ""],
  [["nl", "de"], "de", "nl"],
  [["ja", "de"], "de", "de"],
  [["ja"], "en", ""],
  [["constructor"], "en", ""],
  [[], "en", ""],
])(
  "a visitor who prefers %j and reads a page in %s gets the rules in “%s”",
  (preferred, locale, language) => {
    expect(linesFor(texts, preferred, locale)).toEqual({
      language,
      lines: texts[language as keyof typeof texts],
    });
  },
);

test("lines are paragraphs, and neighbouring items are one list", () => {
  expect(blocksOf(["Welcome.", "- Be kind.", "-  Sell nothing.", "-5 is no item", "- Again"])).toEqual([
    { list: false, lines: ["Welcome."] },
    { list: true, lines: ["Be kind.", "Sell nothing."] },
    { list: false, lines: ["-5 is no item"] },
    { list: true, lines: ["Again"] },
  ]);
});
