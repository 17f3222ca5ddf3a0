// Lines and lifted curtains go to the partner in order, are shown once, and are known to have arrived or not. Pure.

import type { Chat, FromBrowser, Received, Reveal } from "../../messages.generated";
import * as delivery from "./delivery";
import type { Call, Effect, Line, LineState, Meeting, Step } from "./state";

/** So many lines of a match are shown. */
export const LINES_KEPT = 200;

/** I say a line: now, or when the partner is within reach again. */
export function say(call: Call, text: string, id: string, now: number): Step {
  const { meeting } = call;
  if (!meeting || (call.phase !== "matched" && call.phase !== "reconnecting")) return [call, []];
  const line: Line = { id, from: "me", text, state: "pending" };
  if (!delivery.hasRoom(meeting.sending)) {
    const after = withLine(meeting, { ...line, state: "failed" });
    return [{ ...call, meeting: after }, [{ type: "tell", notice: { code: "full" } }]];
  }
  const chat: Chat = { type: "chat", match: meeting.match, n: 0, text, id };
  return saySurely({ ...call, meeting: withLine(meeting, line) }, chat, now);
}

/** Says what must arrive; `n` is filled in. */
export function saySurely(call: Call, message: delivery.Numbered, now: number): Step {
  const { meeting } = call;
  if (!meeting) return [call, []];
  const [sending, numbered] = delivery.add(meeting.sending, message);
  if (!isReachable(call)) return [{ ...call, meeting: { ...meeting, sending } }, []];
  return [{ ...call, meeting: { ...meeting, sending: delivery.said(sending, now) } }, [send(numbered)]];
}

/** Whether what is said now reaches the partner's gateway. */
export function isReachable({ phase, meeting }: Call): boolean {
  return phase === "matched" && meeting?.away === false;
}

/** A line that has failed is said once more, as the last one, while the partner is still the same. */
export function tryAgain(call: Call, id: string, now: number): Step {
  const { meeting } = call;
  const failed = meeting?.lines.find((line) => line.id === id && line.state === "failed");
  if (!meeting || !failed) return [call, []];
  if (!delivery.hasRoom(meeting.sending)) return [call, [{ type: "tell", notice: { code: "full" } }]];
  const lines = meeting.lines.filter((line) => line !== failed);
  return say({ ...call, meeting: { ...meeting, lines } }, failed.text, id, now);
}

/** The partner says what must arrive. Only the next number is taken; each is answered with the last taken one. */
export function take(call: Call, frame: Chat | Reveal): Step {
  const { meeting } = call;
  if (meeting?.match !== frame.match) return [call, []];
  const after = frame.n === meeting.received + 1 ? { ...taken(meeting, frame), received: frame.n } : meeting;
  const answer: Received = { type: "received", match: frame.match, n: after.received };
  return [{ ...call, meeting: after }, [send(answer)]];
}

function taken(meeting: Meeting, frame: Chat | Reveal): Meeting {
  if (frame.type === "reveal") return { ...meeting, lifted: { ...meeting.lifted, theirs: true } };
  return withLine(meeting, { id: frame.id, from: "stranger", text: frame.text, state: "delivered" });
}

/** The partner's page has everything up to `n`. */
export function acknowledged(call: Call, { match, n }: Received, now: number): Step {
  const { meeting } = call;
  if (meeting?.match !== match) return [call, []];
  const [sending, arrived, next] = delivery.acknowledge(meeting.sending, n, now);
  const ids = arrived.map((one) => (one.type === "chat" ? one.id : undefined));
  const after = { ...call, meeting: withState({ ...meeting, sending }, ids, "delivered") };
  return [after, next ? [send(next)] : []];
}

/** The partner is within reach again: says what has not been acknowledged, in order. */
export function sayAgain(meeting: Meeting, now: number): [Meeting, Effect[]] {
  const { lifted } = meeting;
  const told = lifted.told || lifted.mine;
  const [sending, waiting] = delivery.allAgain(meeting.sending, now);
  return [{ ...meeting, sending, lifted: { ...lifted, told } }, waiting.map(send)];
}

/** Time has passed: says the oldest again if it is due. */
export function repeatOldest(call: Call, now: number): Step {
  const { meeting } = call;
  if (!meeting) return [call, []];
  const [sending, oldest] = delivery.repeat(meeting.sending, now);
  return oldest ? [{ ...call, meeting: { ...meeting, sending } }, [send(oldest)]] : [call, []];
}

/** The partner is out of reach. */
export function paused(meeting: Meeting): Meeting {
  return { ...meeting, sending: delivery.paused(meeting.sending) };
}

/** The gateway refuses the line of this id. Undefined: it may have arrived, and is said again like any other. */
export function refused(meeting: Meeting, id: string, now: number): [Meeting, Effect[]] | undefined {
  const sending = delivery.withdraw(meeting.sending, id);
  if (!sending) return undefined;
  const after = { ...withState(meeting, [id], "failed"), sending };
  return meeting.away ? [after, []] : sayAgain(after, now);
}

/** The match is over: those of my lines that no page has acknowledged. */
export function unconfirmed(meeting: Meeting | undefined): Line[] {
  const waiting = (meeting?.lines ?? []).filter(({ state }) => state === "pending");
  return waiting.map((line) => ({ ...line, state: "unconfirmed" }));
}

/** Tells that there are such lines. */
export function tellOf(lines: readonly Line[]): Effect[] {
  return lines.length > 0 ? [{ type: "tell", notice: { code: "unconfirmed" } }] : [];
}

function send(message: FromBrowser): Effect {
  return { type: "send", message };
}

/** The oldest goes, so that a long talk does not grow without end; but never one that still waits. */
function withLine(meeting: Meeting, line: Line): Meeting {
  const { lines } = meeting;
  const oldest = lines.length < LINES_KEPT ? undefined : lines.find(({ state }) => state !== "pending");
  return { ...meeting, lines: [...lines.filter((kept) => kept !== oldest), line] };
}

/** Ids of the stranger's lines may be those of mine. */
function withState(meeting: Meeting, ids: readonly (string | undefined)[], state: LineState): Meeting {
  const lines = meeting.lines.map((line) =>
    line.from === "me" && ids.includes(line.id) ? { ...line, state } : line,
  );
  return { ...meeting, lines };
}
