// The words of the page of figures; the other page must not carry them.

import { fill, firstKnown } from "../locale";

export const en = {
  title: "Zufall in figures",
  lead: "All machines of this Zufall together. Nothing here is about a single person.",
  online: "here now",
  waiting: "of them looking for somebody",
  wait: "until half have met somebody",
  wait_long: "99 of 100 within {time}",
  matches: "meetings a minute",
  repeats: "of the meetings were with somebody met before",
  nobody: "nobody in the last five minutes",
  about: "Waits, meetings and repeats: the last five minutes.",
  hour: "The last hour",
  chart_matches: "Meetings a minute",
  chart_online: "People online",
  chart_wait: "Wait until meeting somebody",
  chart_repeats: "Met again",
  half: "half within",
  most: "99 of 100 within",
  table_half: "Wait: half within",
  table_most: "Wait: 99 of 100 within",
  running: "this minute, so far",
  range: "{name}: between {least} and {most}, last {last}; minutes that are known: {minutes}",
  no_data: "{name}: nothing known yet",
  table: "The same as a table",
  minute: "Minute",
  unknown: "–",
  loading: "Loading …",
  fresh: "As of {time}; refreshed every ten seconds.",
  partial: "As of {time}, but from one machine only: it does not hear the others now.",
  unreachable: "Zufall cannot be reached. These figures are from {time}; trying again.",
  silent: "Zufall cannot be reached; trying again.",
  private: "This Zufall keeps its figures to itself.",
  back: "To Zufall",
};

export type Key = keyof typeof en;

export const de: Record<Key, string> = {
  title: "Zufall in Zahlen",
  lead: "Alle Rechner dieses Zufalls zusammen. Nichts hier handelt von einem einzelnen Menschen.",
  online: "gerade hier",
  waiting: "davon auf der Suche",
  wait: "bis die Hälfte jemanden trifft",
  wait_long: "99 von 100 in {time}",
  matches: "Begegnungen in der Minute",
  repeats: "der Begegnungen waren ein Wiedersehen",
  nobody: "niemand in den letzten fünf Minuten",
  about: "Wartezeit, Begegnungen und Wiedersehen: die letzten fünf Minuten.",
  hour: "Die letzte Stunde",
  chart_matches: "Begegnungen in der Minute",
  chart_online: "Menschen online",
  chart_wait: "Wartezeit bis zur Begegnung",
  chart_repeats: "Wiedersehen",
  half: "die Hälfte in",
  most: "99 von 100 in",
  table_half: "Wartezeit: die Hälfte in",
  table_most: "Wartezeit: 99 von 100 in",
  running: "diese Minute, bisher",
  range: "{name}: zwischen {least} und {most}, zuletzt {last}; bekannte Minuten: {minutes}",
  no_data: "{name}: noch nichts bekannt",
  table: "Dasselbe als Tabelle",
  minute: "Minute",
  unknown: "–",
  loading: "Wird geladen …",
  fresh: "Stand {time}; alle zehn Sekunden neu.",
  partial: "Stand {time}, aber nur von einem Rechner: Er hört die anderen gerade nicht.",
  unreachable: "Zufall ist nicht zu erreichen. Diese Zahlen sind von {time}; ein neuer Versuch folgt.",
  silent: "Zufall ist nicht zu erreichen; ein neuer Versuch folgt.",
  private: "Dieser Zufall behält seine Zahlen für sich.",
  back: "Zu Zufall",
};

const LOCALES: Record<string, Record<Key, string>> = { en, de };

export interface Words {
  locale: string;
  text: (key: Key, values?: Record<string, string | number>) => string;
  number: (value: number) => string;
  share: (value: number) => string;
  /** A time span in the unit that suits it. */
  span: (seconds: number) => string;
  /** A time of the day, from seconds since 1970. */
  clock: (seconds: number, precise?: boolean) => string;
}

export function wordsFor(preferred: readonly string[]): Words {
  const locale = firstKnown(preferred, LOCALES);
  const texts = LOCALES[locale] ?? en;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const unit = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 2 }).format(value);
  const minute = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const second = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" });
  return {
    locale,
    text: (key, values = {}) => fill(texts[key], values),
    number: number.format,
    share: share.format,
    span: (seconds) => {
      if (seconds < 0.9995) return unit(seconds * 1000, "millisecond");
      return seconds < 120 ? unit(seconds, "second") : unit(seconds / 60, "minute");
    },
    clock: (seconds, precise = false) => (precise ? second : minute).format(seconds * 1000),
  };
}
