// The texts of a conversation that goes on by audio or video. They are loaded with the first one.

import { loadLocale } from "../language/load-locale";
import type { en } from "./locales/en";

export type Texts = Record<keyof typeof en, string>;

const FILES = import.meta.glob<Record<string, Texts>>("./locales/*.ts");

export function loadTexts(locale: string): Promise<Texts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
