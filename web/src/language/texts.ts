// The texts of the main page by language. Only those of the chosen language are loaded.

import type { PluralKey, Translator } from "../core/translator";
import { loadLocale } from "./load-locale";
import type { Locale } from "./locale";
import type { en } from "./locales/en";

export type Key = keyof typeof en;
export type PageTranslator = Translator<Key>;

/** All keys of the English texts, and the plural forms that English does not have. */
export type Texts = Record<Key, string> & Partial<Record<`${PluralKey<Key>}_${Intl.LDMLPluralRule}`, string>>;

const FILES = import.meta.glob<Record<string, Texts>>("./locales/*.ts");

export function loadTexts(locale: Locale): Promise<Texts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
