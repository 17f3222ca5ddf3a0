// The texts of a conversation that goes on by audio or video. They are loaded with the first one.

import type { Locale } from "../language/locale";
import type { en } from "./locales/en";

export type Texts = Record<keyof typeof en, string>;

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

export function loadTexts(locale: string): Promise<Texts> {
  return TEXTS[locale as Locale]();
}
