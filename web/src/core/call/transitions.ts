// Transitions that several parts of the state machine share. Pure.

import type { Call, Conversation, Effect, Phase, Step, Wish } from "./state";

const BLANK = {
  returnsUntil: undefined,
  conversation: undefined,
  past: undefined,
  search: undefined,
  ended: undefined,
  wasAway: undefined,
  unconfirmed: undefined,
};

/** Changes the conversation and returns `effects`, if `match` is still the current one. */
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

/** Leaves the conversation, if there is one, and searches. Only the last partner can be rewound to. */
export function searching(call: Call): Step {
  const effects: Effect[] = call.conversation ? [{ type: "close_media" }] : [];
  const rewind = call.conversation ? undefined : call.rewind;
  return [{ ...call, ...BLANK, phase: "searching", rewind }, effects];
}

/** Asks for a stranger. After a text conversation the page asks again, when the visitor has read it. */
export function find(wish: Wish): Effect {
  const once = wish.mode === "text" ? { once: true } : {};
  return { type: "send", message: { type: "find", ...wish, ...once } };
}

/** Returns whether my picture is looked at before a call, so that none has to wait for the check. */
export function isBeforeCall(phase: Phase): boolean {
  return phase === "idle" || phase === "searching";
}
