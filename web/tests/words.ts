// The words of every language at once, for tests.

import { type Texts, type Words, wordsFor as wordsOf } from "../src/i18n";
import type { Locale } from "../src/locale";
import { de } from "../src/locales/de";
import { en } from "../src/locales/en";
import { de as statusDe } from "../src/status/locales/de";
import { en as statusEn } from "../src/status/locales/en";
import type { Texts as StatusTexts } from "../src/status/words";

export const TEXTS: Record<Locale, Texts> = { en, de };
export const STATUS_TEXTS: Record<Locale, StatusTexts> = { en: statusEn, de: statusDe };

export const wordsFor = (locale: Locale, site?: string): Words => wordsOf(locale, TEXTS[locale], site);
