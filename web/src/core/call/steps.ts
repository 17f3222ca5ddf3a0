// Steps that several parts of the call machine take. Pure.

import type { Call, Effect, Meeting, Step, Wish } from "./state";

/** The call with its meeting changed, if `match` is still the running one; then `effects` are due. */
export function withMeeting(
  call: Call,
  match: string,
  change: Partial<Meeting>,
  effects: Effect[] = [],
): Step {
  const { meeting } = call;
  return meeting?.match === match ? [{ ...call, meeting: { ...meeting, ...change } }, effects] : [call, []];
}

/** Leaves the meeting, if there is one, for the search. The way back is to the last one only. */
export function searching(call: Call): Step {
  const effects: Effect[] = call.meeting ? [{ type: "close" }] : [];
  const rewind = call.meeting ? undefined : call.rewind;
  const blank = { meeting: undefined, search: undefined, ended: undefined, unconfirmed: undefined };
  return [{ ...call, ...blank, phase: "searching", rewind }, effects];
}

export function find(wish: Wish): Effect {
  return { type: "send", message: { type: "find", ...wish } };
}
