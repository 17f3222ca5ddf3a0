// The words around a drawing, by language. They are loaded with it.

import type { Translator } from "../../core/translator";
import type { Locale } from "../../language/locale";
import { translatorFor } from "../../language/translator";
import type { words } from "./words/words.en";

type DrawingKey = keyof typeof words;
export type DrawingTranslator = Translator<DrawingKey>;
/** Some languages have plural forms that English does not have. */
export type DrawingWords = Record<DrawingKey, string> &
  Partial<Record<`strokes_${Intl.LDMLPluralRule}`, string>>;

const WORDS: Record<Locale, () => Promise<DrawingWords>> = {
  en: async () => (await import("./words/words.en")).words,
  de: async () => (await import("./words/words.de")).words,
  es: async () => (await import("./words/words.es")).words,
  fr: async () => (await import("./words/words.fr")).words,
  pt: async () => (await import("./words/words.pt")).words,
  ru: async () => (await import("./words/words.ru")).words,
  tr: async () => (await import("./words/words.tr")).words,
  ar: async () => (await import("./words/words.ar")).words,
};

export async function drawingTranslator(locale: Locale): Promise<DrawingTranslator> {
  return translatorFor<DrawingKey>(locale, await WORDS[locale]());
}
