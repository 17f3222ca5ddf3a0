import { expect, test } from "vitest";
import {
  addInterests,
  baseLanguages,
  loadPreferences,
  savePreferences,
  tooLong,
  wishOf,
} from "../src/preferences";
import { memoryStore } from "./helpers";

test("interests are split at commas, trimmed and unique", () => {
  expect(addInterests(["chess"], " Music,  hiking  in   rain ,, CHESS")).toEqual([
    "chess",
    "music",
    "hiking in rain",
  ]);
});

test("interests fit into a frame", () => {
  expect(addInterests([], "شطرنج، شاي")).toEqual(["شطرنج", "شاي"]);
  const many = addInterests([], Array.from({ length: 12 }, (_, n) => `${n}`).join(","));
  expect(many).toHaveLength(10);
  expect(addInterests([], "🎲".repeat(32))).toHaveLength(1);
});

test("an interest that is too long is not cut, and stays to be shortened", () => {
  const long = "Très long intérêt qui dépasse vraiment";
  expect(addInterests(["chess"], `tea, ${long} ,go`)).toEqual(["chess", "tea", "go"]);
  expect([tooLong(`tea, ${long} ,go`), tooLong(`${long},${long}`)]).toEqual([long, `${long}, ${long}`]);
  expect(["", "chess, tea", "🎲".repeat(32)].map(tooLong)).toEqual(["", "", ""]);
});

test("language tags of the browser lose country and duplicates", () => {
  expect(baseLanguages(["de-AT", "de", "en-US", "", "x-klingon"])).toEqual(["de", "en"]);
  expect(baseLanguages(["a1", "de", "en", "fr", "it", "es", "pl"])).toHaveLength(5);
});

test("a wish is restored", () => {
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

test("a wish contains only what was chosen", () => {
  expect(wishOf(modest)).toEqual({ mode: "text", interests: [], languages: [] });
  expect(wishOf({ ...modest, nearby: true })).toMatchObject({ nearby: true });
  expect(wishOf({ ...modest, avoid: ["DE", "FR"] })).toMatchObject({ avoid_countries: ["DE", "FR"] });
});

test("a wish is strict only if it names languages", () => {
  expect(wishOf({ ...modest, strict: true })).not.toHaveProperty("strict_language");
  expect(wishOf({ ...modest, strict: true, languages: ["de"] })).toMatchObject({ strict_language: true });
});

test("a wish from before there were countries is still valid", () => {
  const store = memoryStore();
  store.setItem(
    "zufall.wish",
    JSON.stringify({ mode: "audio", interests: [], languages: ["de"], strict: true }),
  );
  expect(loadPreferences(store, [])).toMatchObject({ mode: "audio", strict: true, nearby: false, avoid: [] });
});

test("a wish that cannot be read is replaced by the default", () => {
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
