import { expect, test } from "vitest";
import { chooseLocale, chosenLocale, LOCALES, localeOf } from "../src/language/locale";
import { en } from "../src/language/locales/en";
import { loadTexts } from "../src/language/texts";
import { memoryStore } from "./helpers";
import { TEXTS, translatorFor } from "./translators";

test.each([
  [["de-AT", "en"], "de"],
  [["ja-JP", "de"], "de"],
  [["en-GB"], "en"],
  [["ja"], "en"],
  [[], "en"],
])("%j reads %s", (preferred, locale) => {
  expect(localeOf(preferred)).toBe(locale);
});

test("a chosen language stays until it is unset, and one without texts is ignored", () => {
  const store = memoryStore();
  expect(chosenLocale(store)).toBeUndefined();
  chooseLocale(store, "de");
  expect(chosenLocale(store)).toBe("de");
  chooseLocale(store, undefined);
  expect(chosenLocale(store)).toBeUndefined();
  store.setItem("zufall.locale", "tlh");
  expect(chosenLocale(store)).toBeUndefined();
});

test.each(LOCALES)("%s is loaded with its own texts", async (locale) => {
  expect(await loadTexts(locale)).toBe(TEXTS[locale]);
});

test("values are inserted where the text says, and cannot contain placeholders", () => {
  expect(translatorFor("en").text("shared", { interests: "{interests} & chess" })).toBe(
    "You both like {interests} & chess",
  );
});

test("one and many have their own texts", () => {
  expect([1, 2].map((count) => translatorFor("de").count("waiting", count))).toEqual([
    "Noch 1 Person wartet",
    "Noch 2 Personen warten",
  ]);
});

test("a language is named in the reader's language", () => {
  expect([translatorFor("en").language("de"), translatorFor("de").language("de")]).toEqual([
    "German",
    "Deutsch",
  ]);
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
