// What was written in a match: kept in order, said again after a loss, and heard exactly once. Pure.

import type { Chat } from "../messages.generated";
import type { Call, Effect, Line, LineState, Meeting, Notice, Step } from "./state";

/** With the blocks this is less than the 300 frames that a gateway takes at once: no need to pace them. */
export const LINES_KEPT = 200;
/** As many as a gateway keeps for a stranger who is away. */
const PENDING_KEPT = 64;
/**
 * A gateway notices a dead socket within 37 s and keeps the match for 15 s more. What was lost before that
 * was said in a match that is over.
 */
const UNSURE_MS = 60_000;
/** Among so many last lines of the stranger a repeat is one. */
const REPEATS_AMONG = 50;

/** I say a line: now, or after the next `resumed`. */
export function say(call: Call, text: string, id: string, now: number): Step {
  const { meeting } = call;
  if (!meeting || (call.phase !== "matched" && call.phase !== "reconnecting")) return [call, []];
  const line: Line = { id, from: "me", text, at: now, state: stateOfNew(call.phase === "matched", meeting) };
  const after = { ...call, meeting: withLine(meeting, line) };
  return [after, call.phase === "matched" ? [chat(meeting, line)] : []];
}

/** A line that has failed is said once more, as the last one, while the stranger is still the same. */
export function tryAgain(call: Call, id: string, now: number): Step {
  const { meeting } = call;
  const failed = meeting?.lines.find(
    (line) => line.id === id && line.from === "me" && line.state === "failed",
  );
  if (!meeting || !failed) return [call, []];
  const without = { ...meeting, lines: meeting.lines.filter((line) => line !== failed) };
  const [after, effects] = say({ ...call, meeting: without }, failed.text, id, now);
  return effects.length > 0 || after.meeting !== without ? [after, effects] : [call, []];
}

/** The stranger says a line. One that was on its way when a connection broke may come twice. */
export function heard(call: Call, { match, id, text }: Chat, now: number): Call {
  const { meeting } = call;
  if (meeting?.match !== match || isRepeat(meeting, id, text)) return call;
  return { ...call, meeting: withLine(meeting, { id, from: "stranger", text, at: now, state: "sent" }) };
}

/** My socket is lost: what went out shortly before may not have arrived. */
export function interrupted(meeting: Meeting, now: number): Meeting {
  const unsure = ({ state, at }: Line) => state === "kept" || (state === "sent" && now - at <= UNSURE_MS);
  return { ...changed(meeting, unsure, "unsure"), interruptedAt: now };
}

/** My socket is back: says again, in order and under the same ids, what may not have arrived. */
export function sayAgain(meeting: Meeting, now: number): [Meeting, Effect[]] {
  const again = meeting.lines.filter(isMissing);
  return [
    changed(meeting, isMissing, meeting.away ? "kept" : "sent", now),
    again.map((line) => chat(meeting, line)),
  ];
}

/** The stranger is back, and what was kept for them is on its way. */
export function delivered(meeting: Meeting, now: number): Meeting {
  return { ...changed(meeting, ({ state }) => state === "kept", "sent", now), interruptedAt: now };
}

/** The gateway refuses the line of this id. */
export function refused(meeting: Meeting, id: string): Meeting {
  return changed(meeting, (line) => line.id === id, "failed");
}

/** The match is over: those of my lines that nobody will read. `named`: what the gateway knows of them, by id. */
export function unheard(meeting: Meeting | undefined, named: readonly string[] = []): Line[] {
  const isUnheard = ({ from, id, state }: Line) =>
    from === "me" && (state === "pending" || state === "kept" || (state !== "failed" && named.includes(id)));
  return (meeting?.lines ?? []).filter(isUnheard).map((line) => ({ ...line, state: "failed" }));
}

/** Tells of those lines, and of others that may have been lost with them. */
export function undelivered(meeting: Meeting | undefined, lines = unheard(meeting)): Effect[] {
  if (lines.length > 0) return [tell("undelivered")];
  return meeting?.lines.some(({ state }) => state === "unsure") ? [tell("unsure")] : [];
}

function tell(code: "undelivered" | "unsure"): Effect {
  const notice: Notice = { code };
  return { type: "tell", notice };
}

function chat({ match }: Meeting, { text, id }: Line): Effect {
  return { type: "send", message: { type: "chat", match, text, id } };
}

function stateOfNew(online: boolean, { away, lines }: Meeting): LineState {
  if (online) return away ? "kept" : "sent";
  return lines.filter(({ state }) => state === "pending").length < PENDING_KEPT ? "pending" : "failed";
}

function isMissing({ state }: Line): boolean {
  return state === "pending" || state === "unsure";
}

function isRepeat({ lines, interruptedAt }: Meeting, id: string, text: string): boolean {
  if (interruptedAt === undefined) return false;
  const theirs = lines.filter(({ from }) => from === "stranger").slice(-REPEATS_AMONG);
  return theirs.some((line) => line.id === id && line.text === text && line.at <= interruptedAt);
}

/** The oldest goes, so that a long talk does not grow without end; but never one that is still to be said. */
function withLine(meeting: Meeting, line: Line): Meeting {
  const { lines } = meeting;
  const oldest = lines.length < LINES_KEPT ? undefined : lines.find(({ state }) => state !== "pending");
  return { ...meeting, lines: [...lines.filter((kept) => kept !== oldest), line] };
}

function changed(meeting: Meeting, which: (line: Line) => boolean, state: LineState, at?: number): Meeting {
  const lines = meeting.lines.map((line) =>
    line.from === "me" && which(line) ? { ...line, state, at: at ?? line.at } : line,
  );
  return { ...meeting, lines };
}
