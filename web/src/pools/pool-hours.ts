// When a pool opens and closes, by the clock of the server. Pure.

import type { PoolDescription } from "../http.generated";

const DAY_MS = 86_400_000;

export type Hours = Pick<PoolDescription, "now" | "open" | "opens" | "closes">;

/** Returns how far the clock of the server is ahead of this one, in milliseconds. */
export function skewOf({ now }: Hours, here: number): number {
  return Date.parse(now) - here;
}

/** Returns when the pool opens or closes next, by the clock of the server, if it ever does. */
export function changesAt({ open, opens, closes }: Hours): number | undefined {
  const next = open ? closes : opens;
  return next ? Date.parse(next) : undefined;
}

/** Says “in 3 days”, or “03:12:45” on the last day. */
export function countdown(leftMs: number, locale: string): string {
  if (leftMs >= DAY_MS) return new Intl.RelativeTimeFormat(locale).format(Math.floor(leftMs / DAY_MS), "day");
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Says “Friday 4 December at 19:00” in the visitor's own time zone. */
export function moment(at: number, locale: string): string {
  return new Date(at).toLocaleString(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
  });
}
