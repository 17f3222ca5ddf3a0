// The texts about captions and translation. They are loaded with this part, in the visitor's language only.

import { loadLocale } from "../language/load-locale";
import type { en } from "./locales/en";

export type UnderstandingKey = keyof typeof en;
export type UnderstandingTexts = Record<UnderstandingKey, string>;

const FILES = import.meta.glob<Record<string, UnderstandingTexts>>("./locales/*.ts");

export function loadUnderstandingTexts(locale: string): Promise<UnderstandingTexts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
