// What is said during a search that lasts, by language. It is loaded for such a search alone.

import type { Translator } from "../core/translator";
import { loadLocale } from "../language/load-locale";
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

const FILES = import.meta.glob<Record<string, WaitingTexts>>("./locales/*.ts");

/** Returns the translator of these texts. */
export async function loadWords(locale: Locale): Promise<Translator<WaitingKey>> {
  return translatorFor<WaitingKey>(locale, await loadLocale(FILES, `./locales/${locale}.ts`));
}
