// The part of the call machine in which two who have met lift their curtains. Pure; what it looks like is elsewhere.

import type { Call, Effect, Lifted, Meeting, Step } from "./state";
import { withMeeting } from "./steps";

export const DOWN: Lifted = { mine: false, told: false, theirs: false, asked: false };

/** I lift mine, or it lifts by itself, which is not `asked`. While my socket is away, it is said later. */
export function lift(call: Call, asked: boolean): Step {
  const { meeting, phase } = call;
  if (meeting?.mode !== "video") return [call, []];
  const { lifted, match, away } = meeting;
  const reachable = phase === "matched" && !away;
  const after = { ...lifted, mine: true, told: lifted.told || reachable, asked: lifted.asked || asked };
  const effects = lifted.mine || phase !== "matched" ? [] : [reveal(meeting)];
  return withMeeting(call, match, { lifted: after }, effects);
}

export function theyLift(call: Call, match: string): Step {
  const { meeting } = call;
  return meeting ? withMeeting(call, match, { lifted: { ...meeting.lifted, theirs: true } }) : [call, []];
}

/** A way to the stranger was lost and is there again, and with the way what was said on it may be lost. */
export function liftAgain(meeting: Meeting): [Meeting, Effect[]] {
  if (!meeting.lifted.mine) return [meeting, []];
  const lifted = { ...meeting.lifted, told: meeting.lifted.told || !meeting.away };
  return [{ ...meeting, lifted }, [reveal(meeting)]];
}

function reveal({ match }: Meeting): Effect {
  return { type: "send", message: { type: "reveal", match } };
}
