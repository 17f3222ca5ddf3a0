// The call as a pure state machine: what happened in, the next state and what to do out.

import { receive } from "./call-frames";
import type { Call, Effect, Happening, Line, Meeting, Step, Wish } from "./call-state";
import type { Relaxable } from "./hints";

const LINES_KEPT = 200;

export function begin(agreed: boolean): Call {
  return { phase: agreed ? "idle" : "consent", online: false };
}

export function step(call: Call, happening: Happening): Step {
  switch (happening.type) {
    case "agreed":
      return [{ ...call, phase: call.phase === "consent" ? "idle" : call.phase }, []];
    case "start":
      return call.phase === "idle" ? start(call, happening.wish) : [call, []];
    case "next":
      return next(call);
    case "stop":
      return stop(call);
    case "relax":
      return relax(call, happening.relax);
    case "say":
      return say(call, { id: happening.id, from: "me", text: happening.text });
    case "typing":
      return call.phase === "matched" && call.meeting
        ? [call, [{ type: "send", message: { type: "typing", match: call.meeting.match } }]]
        : [call, []];
    case "block":
      return block(call, happening.pass);
    case "frame":
      return receive(call, happening.frame);
    case "lost":
      return lost(call);
    case "parted":
      return parted(call, happening.why);
    case "link":
      return withMeeting(call, happening.match, { link: happening.link });
  }
}

/** The call with one more line; old ones go, so that a long talk does not grow without end. */
export function heard(call: Call, line: Line): Call {
  const { meeting } = call;
  if (!meeting) return call;
  return { ...call, meeting: { ...meeting, lines: [...meeting.lines, line].slice(-LINES_KEPT) } };
}

/** The call with its meeting changed, if `match` is still the running one. */
export function withMeeting(call: Call, match: string, change: Partial<Meeting>): Step {
  const { meeting } = call;
  return meeting?.match === match ? [{ ...call, meeting: { ...meeting, ...change } }, []] : [call, []];
}

/** Leaves the meeting, if there is one, for the search. */
export function searching(call: Call): Step {
  const effects: Effect[] = call.meeting ? [{ type: "close" }] : [];
  return [{ ...call, phase: "searching", meeting: undefined, search: undefined, ended: undefined }, effects];
}

export function find(wish: Wish): Effect {
  return { type: "send", message: { type: "find", ...wish } };
}

function start(call: Call, wish: Wish): Step {
  const [searches] = searching({ ...call, wish });
  return [searches, [call.online ? find(wish) : { type: "connect" }]];
}

function next(call: Call): Step {
  if (call.phase !== "matched" || !call.meeting) return [call, []];
  const { match } = call.meeting;
  const [searches, effects] = searching(call);
  return [searches, [...effects, { type: "send", message: { type: "next", match } }]];
}

/** Searches on without a part of the wish, until the next Start: what was agreed to once is no preference. */
function relax(call: Call, part: Relaxable): Step {
  if (call.phase !== "searching" || !call.wish) return [call, []];
  const { [part]: _, ...wish } = call.wish;
  return [{ ...call, wish, search: undefined }, call.online ? [find(wish)] : []];
}

function stop(call: Call): Step {
  if (call.phase === "idle" || call.phase === "consent" || call.phase === "banned") return [call, []];
  const [searches, effects] = searching(call);
  const leave: Effect = call.online ? { type: "send", message: { type: "stop" } } : { type: "disconnect" };
  return [{ ...searches, phase: "idle" }, [...effects, leave]];
}

function say(call: Call, line: Line): Step {
  if (call.phase !== "matched" || !call.meeting) return [call, []];
  const message = { type: "chat", match: call.meeting.match, text: line.text, id: line.id } as const;
  return [heard(call, line), [{ type: "send", message }]];
}

/** Blocks the one behind `pass`, and leaves them if they are still here: first leave, so a search goes on. */
function block(call: Call, pass: string): Step {
  const [after, effects] = call.meeting?.pass === pass ? next(call) : [call, []];
  return [after, [...effects, { type: "send", message: { type: "block", pass } }]];
}

function lost(call: Call): Step {
  const offline = { ...call, online: false };
  if (call.phase === "searching" || call.phase === "matched") {
    return [{ ...offline, phase: "reconnecting", search: undefined }, []];
  }
  // Nobody waits for anything: the next Start opens a new socket.
  return [offline, call.phase === "idle" ? [{ type: "disconnect" }] : []];
}

function parted(call: Call, why: "banned" | "elsewhere" | "refused"): Step {
  const [searches, effects] = searching({ ...call, online: false });
  if (why === "banned") return [{ ...searches, phase: "banned" }, effects];
  if (call.phase === "banned" || call.phase === "consent") return [{ ...call, online: false }, []];
  return [{ ...searches, phase: "idle" }, [...effects, { type: "tell", notice: { code: why } }]];
}
