// What is said of meeting somebody again and of invitations, by language. It is loaded when needed.

import type { Locale } from "../language/locale";

export interface MeetTexts {
  again: string;
  /** On the start screen, about somebody who waits. */
  wants: string;
  /** In the list of recent strangers. */
  waits: string;
  not_now: string;
  again_title: string;
  again_text: string;
  again_soon: string;
  friend_title: string;
  guest_text: string;
  /** `time` is when the link expires. */
  host_text: string;
  line_title: string;
  line_text: string;
  /** On the start screen: why the meeting is over, or cannot be. */
  left: string;
  void: string;
  strangers: string;
  invite_title: string;
  invite_text: string;
  good_for: string;
  hour: string;
  day: string;
  week: string;
  several: string;
  make: string;
  share: string;
  copy: string;
  link: string;
  invited_title: string;
  host_waits: string;
  host_away: string;
  join: string;
  expired: string;
  unknown: string;
  failed: string;
}

const TEXTS: Record<Locale, () => Promise<MeetTexts>> = {
  en: async () => (await import("./locales/en")).en,
  de: async () => (await import("./locales/de")).de,
  es: async () => (await import("./locales/es")).es,
  fr: async () => (await import("./locales/fr")).fr,
  pt: async () => (await import("./locales/pt")).pt,
  ru: async () => (await import("./locales/ru")).ru,
  tr: async () => (await import("./locales/tr")).tr,
  ar: async () => (await import("./locales/ar")).ar,
};

export function loadMeetTexts(locale: Locale): Promise<MeetTexts> {
  return TEXTS[locale]();
}
