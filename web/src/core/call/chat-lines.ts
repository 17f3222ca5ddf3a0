// Lines and lifted curtains go to the partner in order, are shown once, and are known to have arrived or not. Pure.

import type { Chat, FromBrowser, Received, Reveal } from "../../messages.generated";
import * as delivery from "./send-buffer";
import type { Call, Conversation, Effect, Line, LineState, Step } from "./state";

/** So many lines of a match are shown. */
export const LINES_KEPT = 200;

/** I say a line: now, or when the partner is within reach again. */
export function say(call: Call, text: string, id: string, now: number): Step {
  const { conversation } = call;
  if (!conversation || (call.phase !== "matched" && call.phase !== "reconnecting")) return [call, []];
  const line: Line = { id, from: "me", text, state: "pending" };
  if (!delivery.hasRoom(conversation.sending)) {
    const after = withLine(conversation, { ...line, state: "failed" });
    return [{ ...call, conversation: after }, [{ type: "notify", notice: { code: "full" } }]];
  }
  const chat: Chat = { type: "chat", match: conversation.match, n: 0, text, id };
  return sendReliably({ ...call, conversation: withLine(conversation, line) }, chat, now);
}

/** Says what must arrive; `n` is filled in. */
export function sendReliably(call: Call, message: delivery.Numbered, now: number): Step {
  const { conversation } = call;
  if (!conversation) return [call, []];
  const [sending, numbered] = delivery.add(conversation.sending, message);
  if (!isReachable(call)) return [{ ...call, conversation: { ...conversation, sending } }, []];
  return [
    { ...call, conversation: { ...conversation, sending: delivery.said(sending, now) } },
    [send(numbered)],
  ];
}

/** Whether what is said now reaches the partner's gateway. */
export function isReachable({ phase, conversation }: Call): boolean {
  return phase === "matched" && conversation?.away === false;
}

/** A line that has failed is said once more, as the last one, while the partner is still the same. */
export function tryAgain(call: Call, id: string, now: number): Step {
  const { conversation } = call;
  const failed = conversation?.lines.find((line) => line.id === id && line.state === "failed");
  if (!conversation || !failed) return [call, []];
  if (!delivery.hasRoom(conversation.sending)) return [call, [{ type: "notify", notice: { code: "full" } }]];
  const lines = conversation.lines.filter((line) => line !== failed);
  return say({ ...call, conversation: { ...conversation, lines } }, failed.text, id, now);
}

/** The partner says what must arrive. Only the next number is taken; each is answered with the last taken one. */
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
  if (frame.type === "reveal") return { ...conversation, lifted: { ...conversation.lifted, theirs: true } };
  return withLine(conversation, { id: frame.id, from: "stranger", text: frame.text, state: "delivered" });
}

/** The partner's page has everything up to `n`. */
export function acknowledged(call: Call, { match, n }: Received, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== match) return [call, []];
  const [sending, arrived, next] = delivery.acknowledge(conversation.sending, n, now);
  const ids = arrived.map((one) => (one.type === "chat" ? one.id : undefined));
  const after = { ...call, conversation: withState({ ...conversation, sending }, ids, "delivered") };
  return [after, next ? [send(next)] : []];
}

/** The partner is within reach again: says what has not been acknowledged, in order. */
export function sayAgain(conversation: Conversation, now: number): [Conversation, Effect[]] {
  const { lifted } = conversation;
  const told = lifted.told || lifted.mine;
  const [sending, waiting] = delivery.allAgain(conversation.sending, now);
  return [{ ...conversation, sending, lifted: { ...lifted, told } }, waiting.map(send)];
}

/** Time has passed: says the oldest again if it is due. */
export function repeatOldest(call: Call, now: number): Step {
  const { conversation } = call;
  if (!conversation) return [call, []];
  const [sending, oldest] = delivery.repeat(conversation.sending, now);
  return oldest ? [{ ...call, conversation: { ...conversation, sending } }, [send(oldest)]] : [call, []];
}

/** The partner is out of reach. */
export function paused(conversation: Conversation): Conversation {
  return { ...conversation, sending: delivery.paused(conversation.sending) };
}

/** The gateway refuses the line of this id. Undefined: it may have arrived, and is said again like any other. */
export function refused(
  conversation: Conversation,
  id: string,
  now: number,
): [Conversation, Effect[]] | undefined {
  const sending = delivery.withdraw(conversation.sending, id);
  if (!sending) return undefined;
  const after = { ...withState(conversation, [id], "failed"), sending };
  return conversation.away ? [after, []] : sayAgain(after, now);
}

/** The match is over: those of my lines that no page has acknowledged. */
export function unconfirmed(conversation: Conversation | undefined): Line[] {
  const waiting = (conversation?.lines ?? []).filter(({ state }) => state === "pending");
  return waiting.map((line) => ({ ...line, state: "unconfirmed" }));
}

/** Tells that there are such lines. */
export function unconfirmedNotice(lines: readonly Line[]): Effect[] {
  return lines.length > 0 ? [{ type: "notify", notice: { code: "unconfirmed" } }] : [];
}

function send(message: FromBrowser): Effect {
  return { type: "send", message };
}

/** The oldest goes, so that a long talk does not grow without end; but never one that still waits. */
function withLine(conversation: Conversation, line: Line): Conversation {
  const { lines } = conversation;
  const oldest = lines.length < LINES_KEPT ? undefined : lines.find(({ state }) => state !== "pending");
  return { ...conversation, lines: [...lines.filter((kept) => kept !== oldest), line] };
}

/** Ids of the stranger's lines may be those of mine. */
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
