import { expect, test } from "vitest";
import {
  addInterests,
  baseLanguages,
  hasAgreed,
  loadPreferences,
  rememberAgreed,
  savePreferences,
  wishOf,
} from "../src/preferences";
import { memoryStore } from "./helpers";

test("interests are split at commas, tidied, each once", () => {
  expect(addInterests(["chess"], " Music,  hiking  in   rain ,, CHESS")).toEqual([
    "chess",
    "music",
    "hiking in rain",
  ]);
});

test("interests stay within what a frame may hold", () => {
  const many = addInterests([], Array.from({ length: 12 }, (_, n) => `${n}`).join(","));
  expect(many).toHaveLength(10);
  expect([...(addInterests([], "🎲".repeat(40))[0] ?? "")]).toHaveLength(32);
});

test("languages of the browser lose their country and their doubles", () => {
  expect(baseLanguages(["de-AT", "de", "en-US", "", "x-klingon"])).toEqual(["de", "en"]);
  expect(baseLanguages(["a1", "de", "en", "fr", "it", "es", "pl"])).toHaveLength(5);
});

test("consent and wish come back", () => {
  const store = memoryStore();
  expect(hasAgreed(store)).toBe(false);
  rememberAgreed(store);
  expect(hasAgreed(store)).toBe(true);
  const preferences = { ...loadPreferences(store, ["de"]), mode: "text" as const, interests: ["chess"] };
  savePreferences(store, preferences);
  expect(loadPreferences(store, ["fr"])).toEqual(preferences);
});

test("a wish is strict only about languages that it names", () => {
  const preferences = { mode: "text" as const, interests: [], languages: [], strict: true };
  expect(wishOf(preferences)).toEqual({ mode: "text", interests: [], languages: [] });
  expect(wishOf({ ...preferences, languages: ["de"] })).toMatchObject({ strict_language: true });
});
