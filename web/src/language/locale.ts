// Chooses the language of a page.

export const LOCALES = ["en", "de", "es", "fr", "pt", "ru", "tr", "ar"] as const;

export type Locale = (typeof LOCALES)[number];

const CHOSEN = "zufall.locale";
const RIGHT_TO_LEFT: readonly string[] = ["ar"];

/** Returns the language chosen by hand, or undefined for the browser's. */
export function chosenLocale(store: Pick<Storage, "getItem">): Locale | undefined {
  return firstOf([store.getItem(CHOSEN) ?? ""], LOCALES);
}

/** Stores the choice for the next load of the page. */
export function chooseLocale(
  store: Pick<Storage, "setItem" | "removeItem">,
  locale: Locale | undefined,
): void {
  if (locale) store.setItem(CHOSEN, locale);
  else store.removeItem(CHOSEN);
}

/** Returns the first language of `preferred` that has texts, or English. */
export function localeOf(preferred: readonly string[]): Locale {
  return firstOf(preferred, LOCALES) ?? "en";
}

export function directionOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
}

/** Tells browsers and screen readers the language and the direction of the page. */
export function applyLocale(locale: string): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
}

/** Returns the first language of `preferred` that is on offer. Regions do not matter. */
export function firstOf<Offered extends string>(
  preferred: readonly string[],
  offered: readonly Offered[],
): Offered | undefined {
  const bases = preferred.map((tag) => tag.split("-")[0]?.toLowerCase());
  const base = bases.find((base) => offered.some((one) => one === base));
  return offered.find((one) => one === base);
}
