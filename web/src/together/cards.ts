// The ice-breaker cards by language. Only those of the page's language are loaded.

import { loadLocale } from "../language/load-locale";
import type { Locale } from "../language/locale";

type Cards = readonly string[];

const FILES = import.meta.glob<Record<string, Cards>>("./cards/*.ts");

export function loadCards(locale: Locale): Promise<Cards> {
  return loadLocale(FILES, `./cards/cards.${locale}.ts`);
}
