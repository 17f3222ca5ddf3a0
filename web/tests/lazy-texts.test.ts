// The texts of the parts that are loaded later, in all languages.

import { describe, expect, test } from "vitest";
import { loadTexts as loadArrival } from "../src/arrival/texts";
import { LOCALES, type Locale } from "../src/language/locale";
import { loadTexts as loadNetwork } from "../src/network/texts";
import { loadTexts as loadSigns } from "../src/signs/texts";

type Table = Record<string, string>;
const PARTS: Record<string, (locale: Locale) => Promise<Table>> = {
  signs: loadSigns,
  arrival: loadArrival,
  network: loadNetwork,
};
const CASES = Object.keys(PARTS).flatMap((part) => LOCALES.map((locale) => [part, locale] as const));

const places = (text = "") => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe.each(CASES)("%s in %s", (part, locale) => {
  const load = () => Promise.all([PARTS[part]?.(locale), PARTS[part]?.("en")] as Promise<Table>[]);

  test("has every text with its values, and no others", async () => {
    const [texts = {}, english = {}] = await load();
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(texts))
      expect([key, places(text)]).toEqual([key, places(english[key])]);
  });

  test("leaves nothing in English, and is typeset with care", async () => {
    const [texts = {}, english = {}] = await load();
    for (const [key, text] of Object.entries(texts)) {
      expect([key, text]).toEqual([key, text.normalize("NFC").trim()]);
      expect([key, text.match(/ {2}|\.\.\.|"|'(?!s )|\s[.,]|<|&\w+;/)?.[0]]).toEqual([key, undefined]);
      if (locale === "fr") expect([key, text.match(/ [?!:;»]/)?.[0]]).toEqual([key, undefined]);
      if (locale !== "en") expect([key, text]).not.toEqual([key, english[key]]);
    }
  });
});
