// The texts about captions and translation. They are loaded with this part, in the visitor's language only.

import type { Locale } from "../language/locale";
import type { en } from "./locales/en";

export type UnderstandingKey = keyof typeof en;
export type UnderstandingTexts = Record<UnderstandingKey, string>;

const TEXTS: Record<Locale, () => Promise<UnderstandingTexts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

export function loadUnderstandingTexts(locale: string): Promise<UnderstandingTexts> {
  return TEXTS[locale as Locale]();
}
