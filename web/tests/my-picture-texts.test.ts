// Texts that are loaded later, beside those of `language/locales`.

import { expect, test } from "vitest";
import { LOCALES } from "../src/language/locale";
import { loadMyPictureTexts } from "../src/my-picture/texts";

const PLACES = /\{\w+\}/g;

test.each(LOCALES)("the texts of my own picture are complete in %s", async (locale) => {
  const [english, own] = [await loadMyPictureTexts("en"), await loadMyPictureTexts(locale)];
  expect(Object.keys(own)).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(english) as [keyof typeof own, string][]) {
    expect(own[key].trim()).toBeTruthy();
    expect(own[key].match(PLACES)).toEqual(text.match(PLACES));
    if (locale !== "en" && key !== "zoom") expect(own[key]).not.toBe(text);
  }
});
