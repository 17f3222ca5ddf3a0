// Lifts the curtains of the two visitors. Pure. How a curtain looks is decided elsewhere.

import { isReachable, sendReliably } from "./chat-lines";
import type { Call, Lifted, Step } from "./state";
import { withConversation } from "./transitions";

export const DOWN: Lifted = { mine: false, told: false, theirs: false, asked: false };

/**
 * Lifts my curtain. `asked`: the visitor pressed the button. The partner is told now, or when they can be
 * reached again.
 */
export function lift(call: Call, asked: boolean, now: number): Step {
  const { conversation } = call;
  if (conversation?.mode !== "video") return [call, []];
  const { lifted, match } = conversation;
  const told = lifted.told || isReachable(call);
  const after = { ...lifted, mine: true, told, asked: lifted.asked || asked };
  const [up] = withConversation(call, match, { lifted: after });
  return lifted.mine ? [up, []] : sendReliably(up, { type: "reveal", match, n: 0 }, now);
}
