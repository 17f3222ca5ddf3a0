// The texts of all languages, for tests.

import type { Locale } from "../src/language/locale";
import { ar } from "../src/language/locales/ar";
import { de } from "../src/language/locales/de";
import { en } from "../src/language/locales/en";
import { es } from "../src/language/locales/es";
import { fr } from "../src/language/locales/fr";
import { pt } from "../src/language/locales/pt";
import { ru } from "../src/language/locales/ru";
import { tr } from "../src/language/locales/tr";
import type { Key, PageTranslator, Texts } from "../src/language/texts";
import { translatorFor as translatorOf } from "../src/language/translator";
import { ar as statusAr } from "../src/status/locales/ar";
import { de as statusDe } from "../src/status/locales/de";
import { en as statusEn } from "../src/status/locales/en";
import { es as statusEs } from "../src/status/locales/es";
import { fr as statusFr } from "../src/status/locales/fr";
import { pt as statusPt } from "../src/status/locales/pt";
import { ru as statusRu } from "../src/status/locales/ru";
import { tr as statusTr } from "../src/status/locales/tr";
import type { Texts as StatusTexts } from "../src/status/texts";
import { ar as understandingAr } from "../src/understanding/locales/ar";
import { de as understandingDe } from "../src/understanding/locales/de";
import { en as understandingEn } from "../src/understanding/locales/en";
import { es as understandingEs } from "../src/understanding/locales/es";
import { fr as understandingFr } from "../src/understanding/locales/fr";
import { pt as understandingPt } from "../src/understanding/locales/pt";
import { ru as understandingRu } from "../src/understanding/locales/ru";
import { tr as understandingTr } from "../src/understanding/locales/tr";
import type { UnderstandingTexts } from "../src/understanding/texts";

export const TEXTS: Record<Locale, Texts> = { en, de, es, fr, pt, ru, tr, ar };
export const STATUS_TEXTS: Record<Locale, StatusTexts> = {
  en: statusEn,
  de: statusDe,
  es: statusEs,
  fr: statusFr,
  pt: statusPt,
  ru: statusRu,
  tr: statusTr,
  ar: statusAr,
};
export const UNDERSTANDING_TEXTS: Record<Locale, UnderstandingTexts> = {
  en: understandingEn,
  de: understandingDe,
  es: understandingEs,
  fr: understandingFr,
  pt: understandingPt,
  ru: understandingRu,
  tr: understandingTr,
  ar: understandingAr,
};

export const translatorFor = (locale: Locale, site?: string): PageTranslator =>
  translatorOf<Key>(locale, TEXTS[locale], site);
