// The part of the call machine in which two who have met lift their curtains. Pure; what it looks like is elsewhere.

import { isReachable, sendReliably } from "./chat-lines";
import type { Call, Lifted, Step } from "./state";
import { withConversation } from "./transitions";

export const DOWN: Lifted = { mine: false, told: false, theirs: false, asked: false };

/** I lift mine, or it lifts by itself, which is not `asked`. While the stranger is out of reach, it is said later. */
export function lift(call: Call, asked: boolean, now: number): Step {
  const { conversation } = call;
  if (conversation?.mode !== "video") return [call, []];
  const { lifted, match } = conversation;
  const told = lifted.told || isReachable(call);
  const after = { ...lifted, mine: true, told, asked: lifted.asked || asked };
  const [up] = withConversation(call, match, { lifted: after });
  return lifted.mine ? [up, []] : sendReliably(up, { type: "reveal", match, n: 0 }, now);
}
