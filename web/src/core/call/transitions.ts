// Steps that several parts of the call machine take. Pure.

import type { Call, Conversation, Effect, Step, Wish } from "./state";

/** The call with its meeting changed, if `match` is still the running one; then `effects` are due. */
export function withConversation(
  call: Call,
  match: string,
  change: Partial<Conversation>,
  effects: Effect[] = [],
): Step {
  const { conversation } = call;
  return conversation?.match === match
    ? [{ ...call, conversation: { ...conversation, ...change } }, effects]
    : [call, []];
}

/** Leaves the meeting, if there is one, for the search. The way back is to the last one only. */
export function searching(call: Call): Step {
  const effects: Effect[] = call.conversation ? [{ type: "close_media" }] : [];
  const rewind = call.conversation ? undefined : call.rewind;
  const blank = { conversation: undefined, search: undefined, ended: undefined, unconfirmed: undefined };
  return [{ ...call, ...blank, phase: "searching", rewind }, effects];
}

export function find(wish: Wish): Effect {
  return { type: "send", message: { type: "find", ...wish } };
}
