// A call that was kept across a reload of the page, and whether it can go on. Pure.

import type { Call, Conversation, Wish } from "./state";

/** Changes with the shape below, because a newer page may read what an older one kept. */
export const VERSION = 1;
/** A gateway keeps the match of an absent visitor no longer than this. */
const GRACE_MS = 15_000;

/** What the visitor has turned off. It stays off. */
export interface Devices {
  muted: boolean;
  cameraOff: boolean;
}

/** A call that was left by a reload. */
export interface KeptCall {
  version: number;
  /** When the page was left. Wall clock in milliseconds. */
  at: number;
  wish: Wish;
  line?: boolean | undefined;
  conversation: Conversation;
  devices: Devices;
}

/** The call to go on with, or `late`: it is over by now. */
export type Returning = { call: Partial<Call>; devices: Devices } | "late";

/** Reads what was stored. `wall` and `now` are milliseconds of the wall clock and of the monotonic one. */
export function returningTo(stored: object | undefined, wall: number, now: number): Returning | undefined {
  const { version, at, wish, line, conversation, devices } = (stored ?? {}) as KeptCall;
  if (version !== VERSION) return undefined;
  const left = at + GRACE_MS - wall;
  if (left <= 0 || left > GRACE_MS) return "late"; // or the clock was set back
  return { call: { phase: "reconnecting", wish, line, conversation, returnsUntil: now + left }, devices };
}
