// The texts of the blur, of the settings that belong to it, and of my own picture in a call. They are loaded with these.

import type { Locale } from "../language/locale";
import type { en } from "./locales/en";

export type MyPictureTexts = Record<keyof typeof en, string>;

const TEXTS: Record<Locale, () => Promise<MyPictureTexts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

export function loadMyPictureTexts(locale: string): Promise<MyPictureTexts> {
  return TEXTS[locale as Locale]();
}
