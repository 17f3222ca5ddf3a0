// The words around all activities, by language. They are loaded with the part.

import type { Locale } from "../language/locale";
import type { words } from "./words/words.en";

export type TogetherWords = Record<keyof typeof words, string>;

const WORDS: Record<Locale, () => Promise<TogetherWords>> = {
  en: async () => (await import("./words/words.en")).words,
  de: async () => (await import("./words/words.de")).words,
  es: async () => (await import("./words/words.es")).words,
  fr: async () => (await import("./words/words.fr")).words,
  pt: async () => (await import("./words/words.pt")).words,
  ru: async () => (await import("./words/words.ru")).words,
  tr: async () => (await import("./words/words.tr")).words,
  ar: async () => (await import("./words/words.ar")).words,
};

export function loadTogetherWords(locale: Locale): Promise<TogetherWords> {
  return WORDS[locale]();
}
