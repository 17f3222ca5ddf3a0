// The texts about how visitors are called when somebody comes. They are loaded with the first search, or with the
// settings.

import type { Translator } from "../core/translator";
import { loadLocale } from "../language/load-locale";
import type { en } from "./locales/en";

export type ArrivalKey = keyof typeof en;
export type Texts = Record<ArrivalKey, string>;
export type ArrivalTranslator = Translator<ArrivalKey>;

const FILES = import.meta.glob<Record<string, Texts>>("./locales/*.ts");

export function loadTexts(locale: string): Promise<Texts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
