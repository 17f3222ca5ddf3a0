// Writes times and durations as text. Moments are in Unix milliseconds, durations in seconds. Pure.

import { count, decimal, locale, say } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The durations of a decision, in seconds. 0 means without an end. */
export const DURATIONS: readonly number[] = [HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 0];

/** English dates are written with the day first. */
function dateLocale(): string {
  return locale() === "en" ? "en-GB" : locale();
}

/** Writes a duration such as "3 hours". It rounds up, so that nobody comes back too early. */
export function formatSpan(seconds: number): string {
  if (seconds <= 0) return say("moment");
  if (seconds < MINUTE) return count("second", Math.ceil(seconds));
  if (seconds < HOUR) return count("minute", Math.ceil(seconds / MINUTE));
  if (seconds < 2 * DAY && seconds !== DAY) return count("hour", Math.ceil(seconds / HOUR));
  return count("day", Math.ceil(seconds / DAY));
}

export function formatDuration(seconds: number): string {
  return seconds === 0 ? say("without_end") : say("for_span", { span: formatSpan(seconds) });
}

/** Writes an age such as "4 min ago", rounded down. */
export function formatAge(moment: number, now: number): string {
  const seconds = Math.floor((now - moment) / 1000);
  if (seconds < MINUTE) return say("just_now");
  if (seconds < HOUR) return say("minutes_ago", { minutes: Math.floor(seconds / MINUTE) });
  if (seconds < 2 * DAY) return count("hour_ago", Math.floor(seconds / HOUR));
  return count("day_ago", Math.floor(seconds / DAY));
}

/** Writes a moment in the time zone of the browser, which it names: "3 May 2026, 10:00 CEST". */
export function formatTime(moment: number): string {
  return new Date(moment).toLocaleString(dateLocale(), {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** Writes a moment such as "2026-05-03 08:00:12 UTC". */
export function formatUtc(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Writes the time of the day, such as "10:42". */
export function formatClock(moment: number): string {
  return new Date(moment).toLocaleTimeString(dateLocale(), { timeStyle: "short" });
}

/** Writes a time with seconds, and if `parts` is 3 with milliseconds. */
export function formatExactTime(moment: number, parts: 0 | 3): string {
  const date = new Date(moment);
  const time = date.toLocaleTimeString(dateLocale(), {
    ...(parts && { fractionalSecondDigits: parts }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return `${date.toLocaleDateString(dateLocale(), { dateStyle: "medium" })}, ${time}`;
}

/** Writes an end such as "until 3 May 2026, 10:00", "until … (over)" or "without an end". */
export function formatUntil(until: number, now: number): string {
  if (until === 0) return say("without_end");
  return say(until > now ? "until" : "was_until", { time: formatTime(until) });
}

/** Returns the date in UTC as the API takes it. */
export function isoDay(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** Writes how long something took or has waited, such as "19 s", "12 min", "3.5 h" or "2.1 days". */
export function formatWait(seconds: number | null): string {
  if (seconds === null) return say("none");
  if (seconds < MINUTE) return say("seconds_short", { seconds: Math.round(seconds) });
  if (seconds < 2 * HOUR) return say("minutes_short", { minutes: Math.round(seconds / MINUTE) });
  if (seconds < 2 * DAY) return say("hours_about", { hours: decimal(seconds / HOUR, 1) });
  return say("days_about", { days: decimal(seconds / DAY, 1) });
}

/** Writes a day in UTC such as "3 May". */
export function formatDay(moment: number): string {
  return new Date(moment).toLocaleDateString(dateLocale(), {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}
