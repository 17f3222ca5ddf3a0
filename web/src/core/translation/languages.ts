// Which language a line is in, and whether it needs a translation. Pure.

/** What a detector says of a text. */
export interface Guess {
  language: string;
  /** From 0 to 1. */
  confidence: number;
}

/** A guess below this is no better than what the stranger says they speak. */
const SURE = 0.6;

export function baseOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}

/**
 * Returns the language of a line: the one that it was spoken in, or the one that the detector is sure of, or
 * the only one that the stranger speaks. Undefined if nobody knows.
 */
export function languageOf(
  guesses: readonly Guess[],
  spoken: string | undefined,
  theirs: readonly string[],
): string | undefined {
  if (spoken) return baseOf(spoken);
  const best = guesses.find(({ language }) => language !== "und");
  if (best && best.confidence >= SURE) return baseOf(best.language);
  return theirs.length === 1 ? baseOf(theirs[0] ?? "") : undefined;
}

/** What I can read myself needs no translation. */
export function isForeign(language: string | undefined, mine: readonly string[]): language is string {
  return language !== undefined && !mine.some((tag) => baseOf(tag) === language);
}

/**
 * Returns a tag with a region for a language, as recognisers want it: "de-AT" if the browser says so, or the
 * region where most people speak it.
 */
export function withRegion(language: string, browser: readonly string[]): string {
  const said = browser.find((tag) => baseOf(tag) === baseOf(language) && tag.includes("-"));
  if (said) return said;
  const { language: base, region } = new Intl.Locale(language).maximize();
  return region ? `${base}-${region}` : base;
}
