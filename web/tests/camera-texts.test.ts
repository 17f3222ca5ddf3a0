// Texts that are loaded later, beside those of `language/locales`.

import { describe, expect, test } from "vitest";
import { BLUR_TEXTS } from "../src/blur/texts";
import { CAMERA_TEXTS } from "../src/camera-settings/texts";
import { LOCALES } from "../src/language/locale";
import { SELF_TEXTS } from "../src/self-view/texts";

const PLACES = /\{\w+\}/g;

describe.each([
  ["the blur", BLUR_TEXTS],
  ["the settings of picture and sound", CAMERA_TEXTS],
  ["my own picture", SELF_TEXTS],
] as const)("the texts of %s", (_, texts) => {
  test.each(LOCALES)("are complete in %s", (locale) => {
    const [english, own] = [texts.en, texts[locale]] as [Record<string, string>, Record<string, string>];
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(english)) {
      expect(own[key]?.trim()).toBeTruthy();
      expect(own[key]?.match(PLACES)).toEqual(text.match(PLACES));
    }
  });
});
