// What is said during a search that lasts, by language. It is loaded for such a search alone.

import type { Translator } from "../core/translator";
import type { Locale } from "../language/locale";
import { translatorFor } from "../language/translator";

export type WaitingKey =
  | "title"
  | "usual"
  | "there"
  | "change"
  | "dice"
  | "rolled"
  | "double"
  | "doubles"
  | "began_one"
  | "began_other";

/** Some languages have more plural forms. */
export type WaitingTexts = Record<WaitingKey, string> &
  Partial<Record<`began_${"two" | "few" | "many"}`, string>>;

const TEXTS: Record<Locale, () => Promise<WaitingTexts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

/** Returns the translator of these texts. */
export async function loadWords(locale: Locale): Promise<Translator<WaitingKey>> {
  return translatorFor<WaitingKey>(locale, await TEXTS[locale]());
}
