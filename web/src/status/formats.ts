// How the status page writes numbers, shares and times in a language.

export interface Formats {
  number: (value: number) => string;
  /** Writes 0…1 as a percentage. */
  share: (value: number) => string;
  /** Writes a duration in the unit that suits it. */
  duration: (seconds: number) => string;
  /** Writes the time of day of `seconds` since 1970; `precise` adds the seconds. */
  clock: (seconds: number, precise?: boolean) => string;
}

export function formatsFor(locale: string): Formats {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const unit = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 2 }).format(value);
  const minute = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const second = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" });
  return {
    number: number.format,
    share: share.format,
    duration: (seconds) => {
      if (seconds < 0.9995) return unit(seconds * 1000, "millisecond");
      return seconds < 120 ? unit(seconds, "second") : unit(seconds / 60, "minute");
    },
    clock: (seconds, precise = false) => (precise ? second : minute).format(seconds * 1000),
  };
}
