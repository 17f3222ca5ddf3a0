// What remains of a conversation that the stranger or the network has ended. Pure.

import type { Ended } from "../../messages.generated";
import { settled, unconfirmed, unconfirmedNotice } from "./chat-lines";
import type { Call, Conversation, Step } from "./state";
import { searching } from "./transitions";

type EndingKey = `ended_${Ended["reason"]}`;

/**
 * Ends the conversation. One that began by text stays until Next. After one with somebody whom the visitor knows, the
 * page is back at the start, unless others wait in the line. Otherwise a search begins.
 */
export function endedBy(call: Call, conversation: Conversation, ended: Ended["reason"]): Step {
  const [searches, effects] = searching(call);
  const waiting = unconfirmed(conversation);
  const told = [...effects, ...unconfirmedNotice(waiting)];
  const text = (call.wish?.mode ?? conversation.mode) === "text";
  if (!text && conversation.known && !call.line)
    return [{ ...searches, phase: "idle", parted: "left" }, told];
  if (!text) return [{ ...searches, ended, unconfirmed: waiting }, told];
  const lines = conversation.lines.map(settled);
  return [{ ...searches, phase: "over", ended, past: { ...conversation, mode: "text", lines } }, told];
}

/**
 * Returns the key of the text that says how the last conversation ended. A gateway says `lost` of a stranger who
 * closed the page or did not come back.
 */
export function endingKey({ ended, wasAway }: Pick<Call, "ended" | "wasAway">): EndingKey | undefined {
  if (ended === "lost") return wasAway ? "ended_lost" : "ended_stop";
  return ended && `ended_${ended}`;
}

/** Returns the conversation whose lines are shown. */
export function shownConversation({ conversation, past }: Call): Conversation | undefined {
  return conversation ?? past;
}

/** Returns whether the socket of one of the two is away, and media that still arrives goes on. */
export function onlyChatPauses({ phase, conversation }: Call, arrives: boolean): boolean {
  if (!arrives || conversation?.link !== "connected") return false;
  return conversation.mode !== "text" && (phase === "reconnecting" || conversation.away);
}
