// The last wish of the visitor, stored in this browser.

import type { Wish } from "./core/call/state";
import { MAX, type Mode } from "./messages.generated";
import { parseObject, sameTypes } from "./storage/json-guards";

const WISH = "zufall.wish";
const MODES: readonly Mode[] = ["video", "audio", "text"];

type Store = Pick<Storage, "getItem" | "setItem">;

export interface Preferences {
  mode: Mode;
  interests: string[];
  languages: string[];
  strict: boolean;
  nearby: boolean;
  avoid: string[];
}

export function loadPreferences(store: Store, browserLanguages: readonly string[]): Preferences {
  const fresh: Preferences = {
    mode: "video",
    interests: [],
    languages: baseLanguages(browserLanguages),
    strict: false,
    nearby: false,
    avoid: [],
  };
  const kept = sameTypes(fresh, parseObject(store.getItem(WISH)));
  const mode = MODES.find((one) => one === kept.mode) ?? fresh.mode;
  return { ...fresh, ...kept, mode };
}

/** Stores a change, and keeps what another tab has changed meanwhile. */
export function savePreferences(
  store: Pick<Store, "getItem" | "setItem">,
  change: Partial<Preferences>,
): void {
  store.setItem(WISH, JSON.stringify({ ...parseObject(store.getItem(WISH)), ...change }));
}

export function wishOf({ mode, interests, languages, strict, nearby, avoid }: Preferences): Wish {
  return {
    mode,
    interests,
    languages,
    ...(strict && languages.length > 0 ? { strict_language: true } : {}),
    ...(nearby ? { nearby } : {}),
    ...(avoid.length > 0 ? { avoid_countries: avoid } : {}),
  };
}

/** Reduces language tags to their base: "de-AT", "de", "en-US" become "de", "en". */
export function baseLanguages(tags: readonly string[]): string[] {
  const bases = tags
    .map((tag) => tag.split("-")[0]?.toLowerCase() ?? "")
    .filter((tag) => /^[a-z]{2,3}$/.test(tag));
  return [...new Set(bases)].slice(0, MAX.find.languages);
}

/** Separates interests: the commas of several scripts. */
export const COMMA = /[,،、，]/;

/**
 * Adds the interests that were typed: split at commas, trimmed, without duplicates, and not too many. It leaves
 * out what `tooLong` returns.
 */
export function addInterests(interests: readonly string[], typed: string): string[] {
  const words = wordsOf(typed)
    .filter(fits)
    .map((word) => word.toLowerCase());
  return [...new Set([...interests, ...words])].slice(0, MAX.find.interests);
}

/** Returns the typed interests that are too long for a frame, as they were typed. */
export function tooLong(typed: string): string {
  return wordsOf(typed)
    .filter((word) => !fits(word))
    .join(", ");
}

function wordsOf(typed: string): string[] {
  return typed
    .split(COMMA)
    .map((word) => word.trim().replace(/\s+/g, " "))
    .filter(Boolean);
}

/** Lower case may have more characters than what was typed. */
function fits(word: string): boolean {
  return [...word.toLowerCase()].length <= MAX.find.interests_item;
}
