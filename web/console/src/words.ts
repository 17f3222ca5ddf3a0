// The words of the console, in the language that was chosen. Its text is in one file for each language.

import type { PluralKey, Translator } from "../../src/core/translator";
import { chosenLocale, firstOf } from "../../src/language/locale";
import { translatorFor } from "../../src/language/translator";
import { en } from "./words.en";

export const LOCALES = ["en", "de"] as const;

export type Locale = (typeof LOCALES)[number];
export type Key = keyof typeof en;
export type Texts = Readonly<Record<Key, string>>;

/** English is here from the start, so that there are words even if the others do not load. */
const LOADERS: Record<Locale, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import("./words.de")).de,
};

let translator: Translator<Key> = translatorFor("en", en, siteName());

/** Returns the language that was chosen by hand, or the first of the browser's languages that we have. */
export function preferredLocale(store: Pick<Storage, "getItem">, preferred: readonly string[]): Locale {
  return firstOf([chosenLocale(store) ?? "", ...preferred], LOCALES) ?? "en";
}

/** Changes all words to another language, before the first of them is shown. */
export async function speak(locale: Locale): Promise<void> {
  translator = translatorFor(locale, await LOADERS[locale](), siteName());
}

export function say(key: Key, values?: Record<string, string | number>): string {
  return translator.text(key, values);
}

/** Returns a number of things, such as "1 report" or "3 reports". */
export function count(key: PluralKey<Key>, number: number): string {
  return translator.count(key, number);
}

export function locale(): string {
  return translator.locale;
}

/** Returns the name of a language in the language of the console. */
export function languageName(tag: string): string {
  return translator.language(tag);
}

export function countryName(code: string): string {
  return translator.country(code);
}

/** Writes keys such as "Ctrl + Enter" as the keyboards of the language name them. */
export function keyText(keys: string): string {
  return keys.replace(/Ctrl|Home|End\b/g, (name) => say(`key_${name}` as Key));
}

/** Writes a number with so many digits after the comma, such as "3.50". */
export function decimal(value: number, digits: number): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return new Intl.NumberFormat(locale(), format).format(value);
}

/** Returns whether there is a text with this key, such as one for an error that the service may raise. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(en, key);
}

/** Returns a text of the service, or ours in the chosen language if the operator has not changed the service's. */
export function translated(key: string, text: string): string {
  return isKey(key) && en[key] === text ? say(key) : text;
}

/** Returns the name of the site, which the service writes into the page. There is no page in tests. */
function siteName(): string | undefined {
  return globalThis.document?.querySelector<HTMLMetaElement>("meta[name=application-name]")?.content;
}

/** Returns texts such as "3 reports" (from people) and "2 flags" (from browsers), without needless zeros. */
export function reportCounts(reports: number, flags: number): string[] {
  const said = reports - flags;
  const told = said || !flags ? [count("report", said)] : [];
  return flags ? [...told, count("flag", flags)] : told;
}

/** Returns the text for a value of the API. A value that this page does not know yet is returned as it is. */
export function named(
  kind:
    | "reason"
    | "level"
    | "role"
    | "state"
    | "judgement"
    | "appeal"
    | "alarm"
    | "mode"
    | "ending"
    | "good"
    | "proposal"
    | "category"
    | "waiting"
    | "audit_problem"
    | "dismissed",
  value: string,
): string {
  const key = `${kind}_${value}`;
  return isKey(key) ? say(key) : value;
}
