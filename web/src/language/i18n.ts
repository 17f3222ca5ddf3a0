// The words of the page in one language; those of the others are not loaded.

import { OWN_NAMES } from "./languages";
import { digitsOf, fill, type Locale } from "./locale";
import type { en } from "./locales/en";

export type Key = keyof typeof en;

/** What is said in as many ways as the language counts: `…_one`, `…_other`, and what else it needs. */
export type Counted = { [K in Key]: K extends `${infer Name}_one` ? WithOther<Name> : never }[Key];
type WithOther<Name extends string> = `${Name}_other` extends Key ? Name : never;

export type Texts = Record<Key, string> & Partial<Record<`${Counted}_${Intl.LDMLPluralRule}`, string>>;

const TEXTS: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

export interface Words {
  locale: Locale;
  /** What this site is called; texts have it as `{site}`. */
  site: string;
  /** The text of `key`, with `{name}` replaced by `values.name`. */
  text: (key: Key, values?: Record<string, string | number>) => string;
  /** `key_one`, `key_few`, … or `key_other`, by the language's own rule. */
  count: (key: Counted, count: number) => string;
  language: (tag: string) => string;
  country: (code: string) => string;
}

export function loadTexts(locale: Locale): Promise<Texts> {
  return TEXTS[locale]();
}

export function wordsFor(locale: Locale, texts: Texts, site = "Zufall"): Words {
  const plural = new Intl.PluralRules(locale);
  const languages = new Intl.DisplayNames([locale], { type: "language", fallback: "none" });
  const countries = new Intl.DisplayNames([locale], { type: "region" });
  const digits = digitsOf(locale);
  return {
    locale,
    site,
    text: (key, values = {}) => fill(texts[key], { site, ...values }, digits),
    count: (key, count) =>
      fill(texts[`${key}_${plural.select(count)}`] ?? texts[`${key}_other`], { count }, digits),
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
