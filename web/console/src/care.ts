// Looks after the moderator: how long they have worked without a break, and when to suggest one. Pure.

import type { Exposure } from "./api.generated";

const MINUTE_MS = 60_000;

/** What the browser remembers about the work of one moderator. Times are in Unix milliseconds. */
export interface Care {
  /** When the work without a break began, and when the moderator last did something. */
  workSince: number;
  lastActive: number;
  /** Until when they take a break, 0 for not now. */
  breakUntil: number;
  /** Until when no break is suggested again. */
  quietUntil: number;
  /** Until when "next" brings no cases of minors. */
  noMinorsUntil: number;
}

/** How long "not now" keeps the page from asking again. */
export const QUIET_MS = 15 * MINUTE_MS;

export function startOfWork(now: number): Care {
  return { workSince: now, lastActive: now, breakUntil: 0, quietUntil: 0, noMinorsUntil: 0 };
}

/** Notes that the moderator does something. Who did nothing for as long as a break had one. */
export function withActivity(care: Care, now: number, breakMinutes: number): Care {
  const rested = now - care.lastActive >= breakMinutes * MINUTE_MS;
  return { ...care, lastActive: now, workSince: rested ? now : care.workSince };
}

export function withBreak(care: Care, now: number, breakMinutes: number): Care {
  return { ...care, breakUntil: now + breakMinutes * MINUTE_MS };
}

/** Ends a break, whether it was as long as planned or not. */
export function afterBreak(care: Care, now: number): Care {
  return { ...care, breakUntil: 0, workSince: now, lastActive: now, quietUntil: now + QUIET_MS };
}

export type Suggestion = "pictures" | "work" | undefined;

/** Returns why the moderator should take a break now, if there is a reason. */
export function suggestion(care: Care, exposure: Exposure, now: number): Suggestion {
  if (now < care.quietUntil || now < care.breakUntil) return undefined;
  if (exposure.last_hour >= exposure.suggested) return "pictures";
  return now - care.workSince >= exposure.work_minutes * MINUTE_MS ? "work" : undefined;
}

/** Returns the next midnight where the moderator is. */
export function midnightAfter(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0);
}

/** Returns the midnight with which the moderator's day began. */
export function midnightBefore(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
