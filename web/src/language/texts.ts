// The texts of the main page by language. Only those of the chosen language are loaded.

import type { PluralKey, Translator } from "../core/translator";
import type { Locale } from "./locale";
import type { en } from "./locales/en";

export type Key = keyof typeof en;
export type PageTranslator = Translator<Key>;

/** All keys of the English texts, and the plural forms that English does not have. */
export type Texts = Record<Key, string> & Partial<Record<`${PluralKey<Key>}_${Intl.LDMLPluralRule}`, string>>;

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

export function loadTexts(locale: Locale): Promise<Texts> {
  return TEXTS[locale]();
}
