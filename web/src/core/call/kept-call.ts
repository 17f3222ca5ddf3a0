// What to keep of a call across a reload of the page. Pure.

import { type Devices, type KeptCall, VERSION } from "./returning";
import { paused } from "./send-buffer";
import type { Call } from "./state";

/** At most this many lines are kept. */
const LINES_KEPT = 50;

/**
 * Returns what to store of a call when the page is left, undefined without a conversation. `former` is the
 * fingerprint of the stranger's connection, if it is known. `wall` is the wall clock in milliseconds.
 */
export function keptCall(
  { wish, line, conversation }: Call,
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
    line,
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
