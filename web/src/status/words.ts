// The words of the page of figures; the other page must not carry them.

import { digitsOf, fill, type Locale } from "../language/locale";
import type { en } from "./locales/en";

export type Key = keyof typeof en;
export type Texts = Record<Key, string>;

const TEXTS: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

export interface Words {
  locale: Locale;
  text: (key: Key, values?: Record<string, string | number>) => string;
  number: (value: number) => string;
  share: (value: number) => string;
  /** A time span in the unit that suits it. */
  span: (seconds: number) => string;
  /** A time of the day, from seconds since 1970. */
  clock: (seconds: number, precise?: boolean) => string;
}

export function loadTexts(locale: Locale): Promise<Texts> {
  return TEXTS[locale]();
}

export function wordsFor(locale: Locale, texts: Texts, site = "Zufall"): Words {
  const digits = digitsOf(locale);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const unit = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 2 }).format(value);
  const minute = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const second = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" });
  return {
    locale,
    text: (key, values = {}) => fill(texts[key], { site, ...values }, digits),
    number: number.format,
    share: share.format,
    span: (seconds) => {
      if (seconds < 0.9995) return unit(seconds * 1000, "millisecond");
      return seconds < 120 ? unit(seconds, "second") : unit(seconds / 60, "minute");
    },
    clock: (seconds, precise = false) => (precise ? second : minute).format(seconds * 1000),
  };
}
