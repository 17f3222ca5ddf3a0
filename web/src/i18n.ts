// The words of the page, in the best language we have for the browser.

import { OWN_NAMES } from "./languages";
import { fill, firstKnown } from "./locale";
import { de } from "./locales/de";
import { en } from "./locales/en";

export type Key = keyof typeof en;
export type Texts = Record<Key, string>;

const LOCALES: Record<string, Texts> = { en, de };

export interface Words {
  locale: string;
  /** The text of `key`, with `{name}` replaced by `values.name`. */
  text: (key: Key, values?: Record<string, string | number>) => string;
  /** `key_one` or `key_other`, by the language's own rule. */
  count: (key: "waiting", count: number) => string;
  language: (tag: string) => string;
  country: (code: string) => string;
}

export function chooseLocale(preferred: readonly string[]): string {
  return firstKnown(preferred, LOCALES);
}

export function wordsFor(locale: string): Words {
  const texts = LOCALES[locale] ?? en;
  const plural = new Intl.PluralRules(locale);
  const languages = new Intl.DisplayNames([locale], { type: "language", fallback: "none" });
  const countries = new Intl.DisplayNames([locale], { type: "region" });
  const text: Words["text"] = (key, values = {}) => fill(texts[key], values);
  return {
    locale,
    text,
    count: (key, count) => text(plural.select(count) === "one" ? `${key}_one` : `${key}_other`, { count }),
    language: (tag) => nameOf(languages, tag) ?? OWN_NAMES[tag] ?? tag,
    country: (code) => nameOf(countries, code) ?? code,
  };
}

/** What `names` calls it; undefined also when it is no code that could have a name, at which Intl throws. */
function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    return names.of(code);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
