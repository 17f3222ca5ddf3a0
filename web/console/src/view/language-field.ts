// The choice of the console's language. Another language needs a new load of the page.

import { chooseLocale, chosenLocale } from "../../../src/language/locale";
import { openStorage } from "../../../src/storage/local-storage";
import { field, select } from "../dom";
import { LOCALES, type Locale, say } from "../words";

/** Builds the choice. Each language is named in that language, for those who read no other. */
export function languageField(): HTMLElement {
  const store = openStorage(() => localStorage);
  const chosen = LOCALES.find((one) => one === chosenLocale(store)) ?? "";
  const made = select("language", ["", ...LOCALES], chosen, (one) => ownName(one) || say("language_browser"));
  for (const option of made.options) option.lang = option.value;
  made.onchange = () => {
    chooseLocale(store, (made.value || undefined) as Locale | undefined);
    location.reload();
  };
  return field(say("language"), made);
}

function ownName(locale: string): string {
  if (locale === "") return "";
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(locale) ?? locale;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}
