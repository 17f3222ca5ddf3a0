// The words around all activities, by language. They are loaded with the part.

import { loadLocale } from "../language/load-locale";
import type { Locale } from "../language/locale";
import type { words } from "./words/words.en";

export type TogetherWords = Record<keyof typeof words, string>;

const FILES = import.meta.glob<Record<string, TogetherWords>>("./words/*.ts");

export function loadTogetherWords(locale: Locale): Promise<TogetherWords> {
  return loadLocale(FILES, `./words/words.${locale}.ts`);
}
