// The words of the games, by language. They are loaded with a game.

import type { Translator } from "../../core/translator";
import type { Locale } from "../../language/locale";
import { translatorFor } from "../../language/translator";
import type { words } from "./words/words.en";

type GameKey = keyof typeof words;
export type GameTranslator = Translator<GameKey>;
export type GameWords = Record<GameKey, string>;

const WORDS: Record<Locale, () => Promise<GameWords>> = {
  en: async () => (await import("./words/words.en")).words,
  de: async () => (await import("./words/words.de")).words,
  es: async () => (await import("./words/words.es")).words,
  fr: async () => (await import("./words/words.fr")).words,
  pt: async () => (await import("./words/words.pt")).words,
  ru: async () => (await import("./words/words.ru")).words,
  tr: async () => (await import("./words/words.tr")).words,
  ar: async () => (await import("./words/words.ar")).words,
};

export async function gameTranslator(locale: Locale): Promise<GameTranslator> {
  return translatorFor(locale, await WORDS[locale]());
}
