// The ice-breaker cards by language. Only those of the page's language are loaded.

import type { Locale } from "../language/locale";

type Cards = readonly string[];

const CARDS: Record<Locale, () => Promise<Cards>> = {
  en: async () => (await import("./cards/cards.en")).cards,
  de: async () => (await import("./cards/cards.de")).cards,
  es: async () => (await import("./cards/cards.es")).cards,
  fr: async () => (await import("./cards/cards.fr")).cards,
  pt: async () => (await import("./cards/cards.pt")).cards,
  ru: async () => (await import("./cards/cards.ru")).cards,
  tr: async () => (await import("./cards/cards.tr")).cards,
  ar: async () => (await import("./cards/cards.ar")).cards,
};

export function loadCards(locale: Locale): Promise<Cards> {
  return CARDS[locale]();
}
