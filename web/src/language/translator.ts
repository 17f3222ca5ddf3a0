// The translator of all our pages: the main page, the status page and the console.

import type { PluralKey, Translator } from "../core/translator";
import { OWN_NAMES } from "./languages";

export function translatorFor<Key extends string>(
  locale: string,
  texts: Readonly<Record<Key, string>>,
  site = "Zufall",
): Translator<Key> {
  const byKey: Readonly<Record<string, string>> = texts;
  const plural = new Intl.PluralRules(locale);
  const languages = new Intl.DisplayNames([locale], { type: "language", fallback: "none" });
  const countries = new Intl.DisplayNames([locale], { type: "region" });
  // The digits that are usual in the language, without marks between thousands.
  const digits = new Intl.NumberFormat(locale, { useGrouping: false }).format;
  const fill = (text: string, values: Record<string, string | number>) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? "";
      return typeof value === "number" ? digits(value) : value;
    });
  return {
    locale,
    site,
    text: (key, values = {}) => fill(texts[key], { site, ...values }),
    count: (key: PluralKey<Key>, count) =>
      fill(byKey[`${key}_${plural.select(count)}`] ?? byKey[`${key}_other`] ?? "", { count }),
    language: (tag) => nameOf(languages, tag) ?? OWN_NAMES[tag] ?? tag,
    country: (code) => nameOf(countries, code) ?? code,
  };
}

/** The name of `code`, or undefined if it has none. Intl throws if `code` could never have one. */
function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    return names.of(code);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
