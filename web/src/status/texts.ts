// The texts of the status page by language. The main page does not carry them.

import type { Translator } from "../core/translator";
import type { Locale } from "../language/locale";
import type { Formats } from "./formats";
import type { en } from "./locales/en";

export type Key = keyof typeof en;
export type Texts = Record<Key, string>;
export type StatusTranslator = Translator<Key> & Formats;

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
