// The words of the games, by language. They are loaded with a game.

import type { Translator } from "../../core/translator";
import { loadLocale } from "../../language/load-locale";
import type { Locale } from "../../language/locale";
import { translatorFor } from "../../language/translator";
import type { words } from "./words/words.en";

type GameKey = keyof typeof words;
export type GameTranslator = Translator<GameKey>;
export type GameWords = Record<GameKey, string>;

const FILES = import.meta.glob<Record<string, GameWords>>("./words/*.ts");

export async function gameTranslator(locale: Locale): Promise<GameTranslator> {
  return translatorFor(locale, await loadLocale(FILES, `./words/words.${locale}.ts`));
}
