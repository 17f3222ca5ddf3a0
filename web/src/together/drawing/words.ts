// The words around a drawing, by language. They are loaded with it.

import type { Translator } from "../../core/translator";
import { loadLocale } from "../../language/load-locale";
import type { Locale } from "../../language/locale";
import { translatorFor } from "../../language/translator";
import type { words } from "./words/words.en";

type DrawingKey = keyof typeof words;
export type DrawingTranslator = Translator<DrawingKey>;
/** Some languages have plural forms that English does not have. */
export type DrawingWords = Record<DrawingKey, string> &
  Partial<Record<`strokes_${Intl.LDMLPluralRule}`, string>>;

const FILES = import.meta.glob<Record<string, DrawingWords>>("./words/*.ts");

export async function drawingTranslator(locale: Locale): Promise<DrawingTranslator> {
  return translatorFor<DrawingKey>(locale, await loadLocale(FILES, `./words/words.${locale}.ts`));
}
