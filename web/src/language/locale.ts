// What every page needs to speak the visitor's language: which ones there are, and which one it is.

export const LOCALES = ["en", "de", "es", "fr", "pt", "ru", "tr", "ar"] as const;

export type Locale = (typeof LOCALES)[number];

const CHOSEN = "zufall.locale";
const RIGHT_TO_LEFT: readonly string[] = ["ar"];

/** The language of the page that was chosen by hand; undefined: the browser's. */
export function chosenLocale(store: Pick<Storage, "getItem">): Locale | undefined {
  return known(store.getItem(CHOSEN) ?? "");
}

/** Keeps the choice for the next time the page is loaded. */
export function chooseLocale(
  store: Pick<Storage, "setItem" | "removeItem">,
  locale: Locale | undefined,
): void {
  if (locale) store.setItem(CHOSEN, locale);
  else store.removeItem(CHOSEN);
}

/** The first language of `preferred`, such as "de-AT", in which there are texts; English when there is none. */
export function localeOf(preferred: readonly string[]): Locale {
  return preferred.map(known).find((locale) => locale !== undefined) ?? "en";
}

export function directionOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
}

/** Tells browsers and screen readers what language the page speaks, and from where to where it runs. */
export function declare(locale: string): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
}

function known(tag: string): Locale | undefined {
  const base = tag.split("-")[0]?.toLowerCase();
  return LOCALES.find((locale) => locale === base);
}
