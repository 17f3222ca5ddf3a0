// Keeps a call across a reload of the page. Pure.

import { paused } from "./send-buffer";
import type { Call, Conversation, Wish } from "./state";

/** Changes with the shape below, because a newer page may read what an older one kept. */
const VERSION = 1;
/** A gateway keeps the match of an absent visitor no longer than this. */
const GRACE_MS = 15_000;
/** At most this many lines are kept. */
const LINES_KEPT = 50;

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
  conversation: Conversation;
  devices: Devices;
}

/** The call to go on with, or `late`: it is over by now. */
export type Returning = { call: Partial<Call>; devices: Devices } | "late";

/**
 * Returns what to store of a call when the page is left, undefined without a conversation. `former` is the
 * fingerprint of the stranger's connection, if it is known. `wall` is the wall clock in milliseconds.
 */
export function keptCall(
  { wish, conversation }: Call,
  former: string | undefined,
  devices: Devices,
  wall: number,
): KeptCall | undefined {
  if (!wish || !conversation) return undefined;
  const { sending, lines } = conversation;
  const newest = lines.filter(
    ({ state }, place) => state === "pending" || place >= lines.length - LINES_KEPT,
  );
  return {
    version: VERSION,
    at: wall,
    wish,
    conversation: {
      ...conversation,
      ice: { servers: [], policy: "relay" }, // the gateway gives new credentials
      link: conversation.mode === "text" ? "connected" : "connecting",
      lines: newest,
      former: former ?? conversation.former,
      // Times of this page mean nothing in the next one.
      sending: { ...paused(sending), resentAllAt: undefined },
    },
    devices,
  };
}

/** Reads what was stored. `wall` and `now` are milliseconds of the wall clock and of the monotonic one. */
export function returningTo(stored: object | undefined, wall: number, now: number): Returning | undefined {
  const { version, at, wish, conversation, devices } = (stored ?? {}) as KeptCall;
  if (version !== VERSION) return undefined;
  const left = at + GRACE_MS - wall;
  if (left <= 0 || left > GRACE_MS) return "late"; // or the clock was set back
  return { call: { phase: "reconnecting", wish, conversation, returnsUntil: now + left }, devices };
}
