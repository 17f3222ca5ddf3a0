// Compares every language with English, in which the texts are written first.

import { describe, expect, test } from "vitest";
import { de as consoleDe } from "../console/src/words.de";
import { en as consoleEn } from "../console/src/words.en";
import { LOCALES, type Locale } from "../src/language/locale";
import { en } from "../src/language/locales/en";
import { en as statusEn } from "../src/status/locales/en";
import { en as understandingEn } from "../src/understanding/locales/en";
import { STATUS_TEXTS, TEXTS, UNDERSTANDING_TEXTS } from "./translators";

type Table = Record<string, string>;

/** Texts that are the same as in English on purpose: names and borrowed words. */
const SAME: Record<string, string[]> = {
  de: [
    ...["start", "esc", "chat", "mode_video", "mode_audio", "mode_text", "minute"],
    ...["title", "name", "export", "people_name", "alarm_webhook", "screen_team", "exposure_hour"],
    ...["workload_account", "seconds_short", "link_status", "original"],
  ],
  es: ["chat", "esc", "original"],
  fr: ["minute", "original"],
  pt: ["chat", "esc", "link_status", "original"],
  ru: ["esc"],
  tr: ["esc"],
  ar: ["esc"],
};

type Case = readonly [locale: Locale, of: string, texts: Table, english: Table];

const CASES: Case[] = [
  ...LOCALES.flatMap((locale): Case[] => [
    [locale, "the page", TEXTS[locale], en],
    [locale, "the figures", STATUS_TEXTS[locale], statusEn],
    [locale, "captions and translation", UNDERSTANDING_TEXTS[locale], understandingEn],
  ]),
  ["en", "the console", consoleEn, consoleEn],
  ["de", "the console", consoleDe, consoleEn],
];

const places = (text = "") => [...new Set(text.match(/\{\w+\}/g))].sort();
/** Returns the English key for an extra plural form. */
const modelOf = (key: string) => key.replace(/_(zero|two|few|many)$/, "_other");

describe.each(CASES)("%s of %s", (locale, _, texts, english) => {
  const counted = Object.keys(english).filter(
    (key) => key.endsWith("_one") && key.replace(/one$/, "other") in english,
  );

  test("has every text, and no others", () => {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const plurals = counted.flatMap((key) => forms.map((form) => key.replace(/one$/, form)));
    expect(Object.keys(texts).sort()).toEqual([...new Set([...Object.keys(english), ...plurals])].sort());
  });

  test("uses the same values in each text", () => {
    for (const [key, text] of Object.entries(texts)) {
      // "One other person" and "two others" need no digits, and the service's English sentence not always a place.
      const counted = key !== modelOf(key) || key.endsWith("_one") ? ["{count}"] : [];
      const optional = [...counted, ...(english[modelOf(key)] === "{detail}" ? ["{detail}"] : [])];
      const wanted = places(english[modelOf(key)]);
      const missing = wanted.filter((place) => !places(text).includes(place) && !optional.includes(place));
      const unknown = places(text).filter((place) => !wanted.includes(place));
      expect([key, missing, unknown]).toEqual([key, [], []]);
    }
  });

  test("leaves nothing in English by accident", () => {
    const hasWords = (text = "") => /\p{L}/u.test(text.replace(/\{\w+\}/g, ""));
    const left = Object.keys(english).filter((key) => texts[key] === english[key] && hasWords(texts[key]));
    const allowed = SAME[locale] ?? [];
    expect(locale === "en" ? [] : left.filter((key) => !allowed.includes(key))).toEqual([]);
  });

  test("is typeset with care", () => {
    for (const [key, text] of Object.entries(texts)) {
      expect([key, text]).toEqual([key, text.normalize("NFC")]);
      // Forbids double spaces, spaces at the ends (except before a bracket), three dots, and straight quotes.
      expect([key, text.match(/ {2}|\s$|^\s(?!\()|\.\.\.|"|\s[.,]|<|&\w+;/)?.[0]]).toEqual([key, undefined]);
      if ((locale as string) === "fr") expect([key, text.match(/ [?!:;»]/)?.[0]]).toEqual([key, undefined]); // would break
      // German sets a space before the dots that stand for words, and no other of these languages does.
      expect([key, text.match(locale === "de" ? /\S…/ : /\s…/)?.[0]]).toEqual([key, undefined]);
      const paired = [locale === "en" ? "“”" : "„“", "«»", "()"].every(
        ([open = "", close = ""]) => text.split(open).length === text.split(close).length,
      );
      expect([key, paired]).toEqual([key, true]);
    }
  });
});
