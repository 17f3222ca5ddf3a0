// Says how a call ended, as a report about it tells. Pure.

import type { Call } from "../core/call/state";
import type { ReportedCall } from "../http.generated";

export type CallEnding = NonNullable<ReportedCall["ending"]>;

/** Returns how the step from `before` to `after` ended the conversation, undefined if the page does not know. */
export function endingOf(before: Call, after: Call): CallEnding | undefined {
  const { conversation } = before;
  if (!conversation || after.conversation?.match === conversation.match) return undefined;
  return after.ended ?? (after.leaving?.match === conversation.match ? "reporter" : undefined);
}

/** Returns what a report says of a call that lasted so many milliseconds. */
export function reportedCall(lastedMs: number, ending: CallEnding | undefined): ReportedCall {
  return { seconds: Math.max(0, Math.round(lastedMs / 1000)), ...(ending ? { ending } : {}) };
}
