// What is said of meeting somebody again and of invitations, by language. It is loaded when needed.

import { loadLocale } from "../language/load-locale";
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

const FILES = import.meta.glob<Record<string, MeetTexts>>("./locales/*.ts");

export function loadMeetTexts(locale: Locale): Promise<MeetTexts> {
  return loadLocale(FILES, `./locales/${locale}.ts`);
}
