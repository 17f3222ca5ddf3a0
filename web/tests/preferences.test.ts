import { expect, test } from "vitest";
import { addInterests, baseLanguages, loadPreferences, savePreferences, wishOf } from "../src/preferences";
import { memoryStore } from "./helpers";

test("interests are split at commas, tidied, each once", () => {
  expect(addInterests(["chess"], " Music,  hiking  in   rain ,, CHESS")).toEqual([
    "chess",
    "music",
    "hiking in rain",
  ]);
});

test("interests stay within what a frame may hold", () => {
  expect(addInterests([], "شطرنج، شاي")).toEqual(["شطرنج", "شاي"]);
  const many = addInterests([], Array.from({ length: 12 }, (_, n) => `${n}`).join(","));
  expect(many).toHaveLength(10);
  expect([...(addInterests([], "🎲".repeat(40))[0] ?? "")]).toHaveLength(32);
});

test("languages of the browser lose their country and their doubles", () => {
  expect(baseLanguages(["de-AT", "de", "en-US", "", "x-klingon"])).toEqual(["de", "en"]);
  expect(baseLanguages(["a1", "de", "en", "fr", "it", "es", "pl"])).toHaveLength(5);
});

test("a wish comes back", () => {
  const store = memoryStore();
  const preferences = { ...loadPreferences(store, ["de"]), mode: "text" as const, interests: ["chess"] };
  savePreferences(store, preferences);
  expect(loadPreferences(store, ["fr"])).toEqual(preferences);
});

const modest = {
  mode: "text" as const,
  interests: [],
  languages: [],
  strict: false,
  nearby: false,
  avoid: [],
};

test("a wish says only what is wished", () => {
  expect(wishOf(modest)).toEqual({ mode: "text", interests: [], languages: [] });
  expect(wishOf({ ...modest, nearby: true })).toMatchObject({ nearby: true });
  expect(wishOf({ ...modest, avoid: ["DE", "FR"] })).toMatchObject({ avoid_countries: ["DE", "FR"] });
});

test("a wish is strict only about languages that it names", () => {
  expect(wishOf({ ...modest, strict: true })).not.toHaveProperty("strict_language");
  expect(wishOf({ ...modest, strict: true, languages: ["de"] })).toMatchObject({ strict_language: true });
});

test("what was kept before there were countries is still good", () => {
  const store = memoryStore();
  store.setItem(
    "zufall.wish",
    JSON.stringify({ mode: "audio", interests: [], languages: ["de"], strict: true }),
  );
  expect(loadPreferences(store, [])).toMatchObject({ mode: "audio", strict: true, nearby: false, avoid: [] });
});

test("a wish that cannot be read any more is a fresh one", () => {
  const fresh = loadPreferences(memoryStore(), ["de"]);
  for (const broken of [
    "{",
    "null",
    '"text"',
    '{"mode":"hologram","interests":[1],"languages":"de","avoid":{}}',
  ]) {
    const store = memoryStore();
    store.setItem("zufall.wish", broken);
    expect(loadPreferences(store, ["de"])).toEqual(fresh);
  }
});
