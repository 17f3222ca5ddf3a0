import { expect, test } from "vitest";
import { LOCALES } from "../src/language/locale";

type Words = Record<string, string>;
const files = import.meta.glob<{ words: Words }>(
  ["../src/together/drawing/words/*.ts", "../src/together/games/words/*.ts"],
  { eager: true },
);

/** Double spaces, spaces at the ends, three dots and straight quotes. */
const CARELESS = / {2}|\s$|^\s|\.\.\.|["']|\s[.,]|</;
const NAMES = /\{\w+\}/g;

function wordsOf(part: string, locale: string): Words {
  return files[`../src/together/${part}/words/words.${locale}.ts`]?.words ?? {};
}

const parts = ["drawing", "games"].flatMap((part) => LOCALES.map((locale) => [part, locale] as const));

test.each(parts)("the words of %s are there, in %s", (part, locale) => {
  const [words, english] = [wordsOf(part, locale), wordsOf(part, "en")];
  const plural = /^strokes_/;
  const keys = (found: Words) => Object.keys(found).filter((key) => !plural.test(key));
  expect(keys(words).sort()).toEqual(keys(english).sort());
  for (const key of keys(english)) {
    const [text = "", model = ""] = [words[key], english[key]];
    expect([key, text]).toEqual([key, text.normalize("NFC")]);
    expect([key, text.match(CARELESS)?.[0]]).toEqual([key, undefined]);
    expect([key, text.match(NAMES)?.sort()]).toEqual([key, model.match(NAMES)?.sort()]);
  }
});

test.each(LOCALES)("strokes are counted with each plural form of %s", (locale) => {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  for (const form of forms) expect(wordsOf("drawing", locale)[`strokes_${form}`]).toBeTruthy();
});
