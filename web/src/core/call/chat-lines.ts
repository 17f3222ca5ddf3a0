// Sends and receives chat lines and lifted curtains: in order, shown once, and known to have arrived or not.
// Pure.

import type { Chat, FromBrowser, Received, Reveal } from "../../messages.generated";
import * as buffer from "./send-buffer";
import type { Call, Conversation, Effect, Line, LineState, Step } from "./state";

/** At most this many lines of a match are shown. */
export const LINES_KEPT = 200;

/** Sends a line now, or when the partner can be reached again. */
export function say(call: Call, text: string, id: string, now: number): Step {
  const { conversation } = call;
  if (!conversation || (call.phase !== "matched" && call.phase !== "reconnecting")) return [call, []];
  const line: Line = { id, from: "me", text, state: "pending" };
  if (!buffer.hasRoom(conversation.sending)) {
    const after = withLine(conversation, { ...line, state: "failed" });
    return [{ ...call, conversation: after }, [{ type: "notify", notice: { code: "full" } }]];
  }
  const chat: Chat = { type: "chat", match: conversation.match, n: 0, text, id };
  return sendReliably({ ...call, conversation: withLine(conversation, line) }, chat, now);
}

/** Sends a message that must arrive, and numbers it. */
export function sendReliably(call: Call, message: buffer.Numbered, now: number): Step {
  const { conversation } = call;
  if (!conversation) return [call, []];
  const [sending, numbered] = buffer.add(conversation.sending, message);
  if (!isReachable(call)) return [{ ...call, conversation: { ...conversation, sending } }, []];
  return [
    { ...call, conversation: { ...conversation, sending: buffer.planRepeat(sending, now) } },
    [send(numbered)],
  ];
}

/** Returns whether a message sent now reaches the partner's gateway. */
export function isReachable({ phase, conversation }: Call): boolean {
  return phase === "matched" && conversation?.away === false;
}

/** Sends a failed line again, as the last one, if the conversation is still the same. */
export function retryLine(call: Call, id: string, now: number): Step {
  const { conversation } = call;
  const failed = conversation?.lines.find((line) => line.id === id && line.state === "failed");
  if (!conversation || !failed) return [call, []];
  if (!buffer.hasRoom(conversation.sending)) return [call, [{ type: "notify", notice: { code: "full" } }]];
  const lines = conversation.lines.filter((line) => line !== failed);
  return say({ ...call, conversation: { ...conversation, lines } }, failed.text, id, now);
}

/**
 * Takes a numbered message of the partner if it is the next one. Acknowledges the last one taken in any case.
 */
export function take(call: Call, frame: Chat | Reveal): Step {
  const { conversation } = call;
  if (conversation?.match !== frame.match) return [call, []];
  const after =
    frame.n === conversation.received + 1
      ? { ...taken(conversation, frame), received: frame.n }
      : conversation;
  const answer: Received = { type: "received", match: frame.match, n: after.received };
  return [{ ...call, conversation: after }, [send(answer)]];
}

function taken(conversation: Conversation, frame: Chat | Reveal): Conversation {
  if (frame.type === "reveal") return revealed(conversation);
  return withLine(conversation, { id: frame.id, from: "stranger", text: frame.text, state: "delivered" });
}

/** There is a curtain in a video call only. The next one begins anew. */
function revealed(conversation: Conversation): Conversation {
  const { mode, lifted } = conversation;
  return mode === "video" ? { ...conversation, lifted: { ...lifted, theirs: true } } : conversation;
}

/** The partner's page has received everything up to `n`. */
export function acknowledged(call: Call, { match, n }: Received, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== match) return [call, []];
  const [sending, arrived, next] = buffer.acknowledge(conversation.sending, n, now);
  const ids = arrived.map((one) => (one.type === "chat" ? one.id : undefined));
  const after = { ...call, conversation: withState({ ...conversation, sending }, ids, "delivered") };
  return [after, next ? [send(next)] : []];
}

/** The partner can be reached again: sends everything unacknowledged, in order. */
export function resendAll(conversation: Conversation, now: number): [Conversation, Effect[]] {
  const { lifted } = conversation;
  const told = lifted.told || lifted.mine;
  const [sending, waiting] = buffer.resendAll(conversation.sending, now);
  return [{ ...conversation, sending, lifted: { ...lifted, told } }, waiting.map(send)];
}

/** Sends the oldest message again if it is due. */
export function repeatOldest(call: Call, now: number): Step {
  const { conversation } = call;
  if (!conversation) return [call, []];
  const [sending, oldest] = buffer.repeat(conversation.sending, now);
  return oldest ? [{ ...call, conversation: { ...conversation, sending } }, [send(oldest)]] : [call, []];
}

/** The partner cannot be reached. */
export function paused(conversation: Conversation): Conversation {
  return { ...conversation, sending: buffer.paused(conversation.sending) };
}

/**
 * The gateway refuses the line with this id. Returns undefined if the line may still have arrived. Then it is
 * repeated like any other.
 */
export function refused(
  conversation: Conversation,
  id: string,
  now: number,
): [Conversation, Effect[]] | undefined {
  const sending = buffer.withdraw(conversation.sending, id);
  if (!sending) return undefined;
  const after = { ...withState(conversation, [id], "failed"), sending };
  return conversation.away ? [after, []] : resendAll(after, now);
}

/** Returns my lines that were not acknowledged before the match ended. */
export function unconfirmed(conversation: Conversation | undefined): Line[] {
  return (conversation?.lines ?? []).filter(({ state }) => state === "pending").map(settled);
}

/** Returns what is known of a line after the match. */
export function settled(line: Line): Line {
  return line.state === "pending" ? { ...line, state: "unconfirmed" } : line;
}

/** Returns a notice if there are such lines. */
export function unconfirmedNotice(lines: readonly Line[]): Effect[] {
  return lines.length > 0 ? [{ type: "notify", notice: { code: "unconfirmed" } }] : [];
}

function send(message: FromBrowser): Effect {
  return { type: "send", message };
}

/**
 * Adds a line and drops the oldest, so that a long conversation does not grow forever. A pending line is
 * never dropped.
 */
function withLine(conversation: Conversation, line: Line): Conversation {
  const { lines } = conversation;
  const oldest = lines.length < LINES_KEPT ? undefined : lines.find(({ state }) => state !== "pending");
  return { ...conversation, lines: [...lines.filter((kept) => kept !== oldest), line] };
}

/** Changes only my lines, because a stranger's line may have the same id. */
function withState(
  conversation: Conversation,
  ids: readonly (string | undefined)[],
  state: LineState,
): Conversation {
  const lines = conversation.lines.map((line) =>
    line.from === "me" && ids.includes(line.id) ? { ...line, state } : line,
  );
  return { ...conversation, lines };
}
