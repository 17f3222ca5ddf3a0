// Times and spans in words. Pure; moments are Unix milliseconds, spans seconds.

import { count, say } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds that a decision may hold; 0 is without an end, which is for seniors. */
export const DURATIONS = [HOUR, DAY, 7 * DAY, 30 * DAY] as const;

export function durationsFor(senior: boolean): number[] {
  return senior ? [...DURATIONS, 0] : [...DURATIONS];
}

/** "3 hours": the largest unit that fits, rounded up, so that nobody comes back too early. */
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

/** "4 min ago", rounded down. */
export function formatAge(moment: number, now: number): string {
  const seconds = Math.floor((now - moment) / 1000);
  if (seconds < MINUTE) return say("just_now");
  if (seconds < HOUR)
    return say("ago", { span: say("minutes_short", { minutes: Math.floor(seconds / MINUTE) }) });
  if (seconds < 2 * DAY) return say("ago", { span: count("hour", Math.floor(seconds / HOUR)) });
  return say("ago", { span: count("day", Math.floor(seconds / DAY)) });
}

export function formatTime(moment: number): string {
  return new Date(moment).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** "until 3 May 2026, 10:00", "was over …" or "without an end". */
export function formatUntil(until: number, now: number): string {
  if (until === 0) return say("without_end");
  return say(until > now ? "until" : "was_until", { time: formatTime(until) });
}

/** A day of the calendar as the API takes it, in UTC as the figures are. */
export function isoDay(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** Hours that may be few or many: "0.4 hours", "3 days". */
export function formatHours(hours: number | null): string {
  if (hours === null) return say("none");
  return hours >= 48
    ? say("days_about", { days: (hours / 24).toFixed(1) })
    : say("hours_about", { hours: hours.toFixed(1) });
}
