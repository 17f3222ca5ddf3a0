// The name of the button that invites, in all languages of the page. All else is loaded with it.

import type { Locale } from "../language/locale";

export const INVITE: Record<Locale, string> = {
  en: "Invite",
  de: "Einladen",
  es: "Invitar",
  fr: "Inviter",
  pt: "Convidar",
  ru: "Пригласить",
  tr: "Davet et",
  ar: "دعوة",
};
