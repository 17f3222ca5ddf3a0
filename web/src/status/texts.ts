// The texts of the status page by language. The main page does not carry them.

import type { Translator } from "../core/translator";
import { loadLocale } from "../language/load-locale";
import type { Locale } from "../language/locale";
import type { Formats } from "./formats";
import type { en } from "./locales/en";

export type Key = keyof typeof en;
export type Texts = Record<Key, string>;
export type StatusTranslator = Translator<Key> & Formats;

const FILES = import.meta.glob<Record<string, Texts>>("./locales/*.ts");

export function loadTexts(locale: Locale): Promise<Texts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
