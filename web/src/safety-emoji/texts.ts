// The texts about the four pictures, and their names. They are loaded with the first pictures.

import { loadLocale } from "../language/load-locale";
import type { en } from "./locales/en";

export type SafetyTexts = Record<keyof typeof en, string>;

const FILES = import.meta.glob<Record<string, SafetyTexts>>("./locales/*.ts");

export function loadSafetyTexts(locale: string): Promise<SafetyTexts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
