import { expect, test } from "vitest";
import { LOCALES } from "../src/language/locale";
import { ACTIVITIES } from "../src/together/activities";
import { loadTogetherWords } from "../src/together/words";

/** Double spaces, spaces at the ends, three dots and straight quotes. */
const CARELESS = / {2}|\s$|^\s|\.\.\.|"|\s[.,]|</;

test.each(LOCALES)("the words around all activities are there, in %s", async (locale) => {
  const words = await loadTogetherWords(locale);
  const english = await loadTogetherWords("en");
  expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(words)) {
    expect([key, text]).toEqual([key, text.normalize("NFC")]);
    expect([key, text.match(CARELESS)?.[0]]).toEqual([key, undefined]);
    if (locale !== "en" && text !== "No") expect([key, text]).not.toEqual([key, english[key as "menu"]]);
  }
});

test.each(LOCALES)("each activity has its title and its question, in %s", (locale) => {
  for (const { name, words } of ACTIVITIES) {
    for (const text of [words[locale].title, words[locale].asks]) {
      expect([name, text, text.match(CARELESS)?.[0]]).toEqual([name, text.normalize("NFC"), undefined]);
      expect([name, text.length > 0]).toEqual([name, true]);
    }
  }
});
