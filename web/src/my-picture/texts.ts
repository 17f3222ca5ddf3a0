// The texts of the blur, of the settings that belong to it, and of my own picture in a call. They are loaded with these.

import { loadLocale } from "../language/load-locale";
import type { en } from "./locales/en";

export type MyPictureTexts = Record<keyof typeof en, string>;

const FILES = import.meta.glob<Record<string, MyPictureTexts>>("./locales/*.ts");

export function loadMyPictureTexts(locale: string): Promise<MyPictureTexts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
