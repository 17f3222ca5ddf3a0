import { describe, expect, test } from "vitest";
import { chooseLocale, wordsFor } from "../src/i18n";
import { de } from "../src/locales/de";
import { en } from "../src/locales/en";

test.each([
  [["de-AT", "en"], "de"],
  [["fr-FR", "de"], "de"],
  [["en-GB"], "en"],
  [["ja"], "en"],
  [[], "en"],
])("%j reads %s", (preferred, locale) => {
  expect(chooseLocale(preferred)).toBe(locale);
});

test("values stand where the text wants them, and cannot bring their own places", () => {
  expect(wordsFor("en").text("shared", { interests: "{interests} & chess" })).toBe(
    "You both like {interests} & chess",
  );
});

test("one and many", () => {
  expect([1, 2].map((count) => wordsFor("de").count("waiting", count))).toEqual([
    "Außer dir wartet 1 Mensch",
    "Außer dir warten 2 Menschen",
  ]);
});

test("a language is named in the reader's language", () => {
  expect([wordsFor("en").language("de"), wordsFor("de").language("de")]).toEqual(["German", "Deutsch"]);
});

describe("every text", () => {
  const places = (text: string) => text.match(/\{\w+\}/g)?.sort() ?? [];

  test.each(Object.keys(en) as (keyof typeof en)[])("%s has the same places in German", (key) => {
    expect(places(de[key])).toEqual(places(en[key]));
    expect(de[key]).not.toBe("");
  });
});

test("the buttons have the names that others rely on", () => {
  const { start, next, stop, report, send, mute, camera, message } = en;
  const { recent, recent_title, block, forget_all, appeal, appeal_label, start_again } = en;
  const before = [recent, recent_title, block, forget_all, appeal, appeal_label, start_again];
  expect([start, next, stop, report, send, mute, camera, message, ...before]).toEqual([
    "Start",
    "Next",
    "Stop",
    "Report",
    "Send",
    "Mute",
    "Camera",
    "Message",
    "Recent",
    "Recent strangers",
    "Block",
    "Forget all",
    "Appeal",
    "Your appeal",
    "Start again",
  ]);
});
