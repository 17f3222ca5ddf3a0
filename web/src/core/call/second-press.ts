// Ignores a Next right after a match: it is the second press of a double click, meant for the stranger before, and
// would skip this one unseen. Pure.

import type { Call } from "./state";

/** Longer than the pause between the two presses of a double click. */
const PAUSE_MS = 700;

/** Returns from when on Next counts in a match that begins now. Times are monotonic milliseconds. */
export function nextCountsAt(now: number): number {
  return now + PAUSE_MS;
}

/** Returns whether Next means the stranger who is here now. */
export function nextCounts({ conversation }: Call, now: number): boolean {
  return conversation?.nextAt === undefined || now >= conversation.nextAt;
}

/** Something of the stranger is seen or heard, so that a Next means them. */
export function appeared(call: Call): Call {
  const { conversation } = call;
  if (conversation?.nextAt === undefined) return call;
  return { ...call, conversation: { ...conversation, nextAt: undefined } };
}
