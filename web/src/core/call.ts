// The call as a pure state machine: what happened in, the next state and what to do out.

import type { Banned } from "../messages.generated";
import { receive } from "./call/frames";
import { lift } from "./call/lifting";
import { isReachable, paused, repeatOldest, say, tellOf, tryAgain, unconfirmed } from "./call/lines";
import { expired, goBack, rewindTo, withoutWayTo } from "./call/rewind";
import type { Call, Happening, Leaving, Relaxable, Step, Wish } from "./call/state";
import { find, searching, withMeeting } from "./call/steps";

/** So long a gateway keeps a match whose visitor is away: there is nobody to part from after that. */
const GRACE_MS = 15_000;

/** `ban`: from an earlier visit, and not over. */
export function begin(agreed: boolean, ban?: Banned): Call {
  if (ban) return { phase: "banned", online: false, ban };
  return { phase: agreed ? "idle" : "consent", online: false };
}

/** `now` in milliseconds, by a clock that never goes back. */
export function step(call: Call, happening: Happening, now: number): Step {
  switch (happening.type) {
    case "agreed":
      return [{ ...call, phase: call.phase === "consent" ? "idle" : call.phase }, []];
    case "unagreed":
      return unagreed(call, now);
    case "ready":
      return [call, call.phase === "idle" && !call.online && !call.elsewhere ? [{ type: "connect" }] : []];
    case "rest":
      return call.phase === "idle" ? [{ ...call, online: false }, [{ type: "disconnect" }]] : [call, []];
    case "lifted":
      return call.phase === "banned" ? [{ ...call, phase: "idle", ban: undefined }, []] : [call, []];
    case "start":
      return call.phase === "idle" ? start(call, happening.wish) : [call, []];
    case "next":
      return next(call, now);
    case "stop":
      return stop(call, now);
    case "relax":
      return relax(call, happening.relax);
    case "say":
      return say(call, happening.text, happening.id, now);
    case "say_again":
      return tryAgain(call, happening.id, now);
    case "typing":
      return call.meeting && isReachable(call)
        ? [call, [{ type: "send", message: { type: "typing", match: call.meeting.match } }]]
        : [call, []];
    case "lift":
      return lift(call, happening.asked, now);
    case "block":
      return block(call, happening.match, happening.pass, now);
    case "go_back":
      return goBack(call, now);
    case "timer":
      return timer(call, now);
    case "frame":
      return receive(call, happening.frame, now);
    case "lost":
      return lost(call, now);
    case "parted":
      return parted(call, happening.why);
    case "link":
      return withMeeting(call, happening.match, { link: happening.link });
  }
}

function start(call: Call, wish: Wish): Step {
  const [searches] = searching({ ...call, wish, elsewhere: undefined });
  return [searches, [call.online ? find(wish) : { type: "connect" }]];
}

/** While the socket is away, the meeting ends here at once and for the stranger after the next welcome. */
function next(call: Call, now: number): Step {
  const { meeting, online } = call;
  if (!meeting) return [call, []];
  const { match } = meeting;
  const [searches, effects] = searching(call);
  const phase = online ? "searching" : "reconnecting";
  const after = {
    ...searches,
    phase,
    leaving: leaving(call, "next", now),
    rewind: rewindTo(match, now),
  } as const;
  return [after, online ? [...effects, { type: "send", message: { type: "next", match } }] : effects];
}

/** Searches on without a part of the wish, until the next Start: what was agreed to once is no preference. */
function relax(call: Call, part: Relaxable): Step {
  if (call.phase !== "searching" || !call.wish) return [call, []];
  const { [part]: _, ...wish } = call.wish;
  return [{ ...call, wish, search: undefined }, call.online ? [find(wish)] : []];
}

function stop(call: Call, now: number): Step {
  if (call.phase === "idle" || call.phase === "consent" || call.phase === "banned") return [call, []];
  const [searches, effects] = searching(call);
  const idle: Call = { ...searches, phase: "idle", leaving: leaving(call, "stop", now), rewind: undefined };
  return [idle, call.online ? [...effects, { type: "send", message: { type: "stop" } }] : effects];
}

/** There are rules that were not shown. Nobody waits or is looked for until they are agreed to; a meeting goes on. */
function unagreed(call: Call, now: number): Step {
  if (call.meeting || call.phase === "banned") return [call, []];
  const [idle, effects] = stop(call, now);
  return [{ ...idle, phase: "consent", online: false }, [...effects, { type: "disconnect" }]];
}

/** What the gateway has to be told again if it turns out not to have heard it. */
function leaving({ meeting, leaving: before }: Call, by: Leaving["by"], now: number): Leaving | undefined {
  const { match, pass } = meeting ?? before ?? {};
  return match && pass ? { match, pass, by, at: now } : undefined;
}

/** Blocks the one of `match`, and leaves them if they are still here: first leave, so a search goes on. */
function block(call: Call, match: string, pass: string, now: number): Step {
  const [after, effects] = call.meeting?.match === match ? next(call, now) : [call, []];
  return [withoutWayTo(after, match), [...effects, { type: "send", message: { type: "block", pass } }]];
}

/** When `step` wants a `timer`, by the same clock as `now`; undefined: never. */
export function timerAt({ rewind, meeting }: Call): number | undefined {
  const times = [rewind?.until, meeting?.sending.repeatAt].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

function timer(call: Call, now: number): Step {
  const [after, effects] = expired(call, now);
  const [then, repeated] = repeatOldest(after, now);
  return [then, [...effects, ...repeated]];
}

function lost(call: Call, now: number): Step {
  const offline = { ...call, online: false };
  const { phase, meeting } = call;
  if (phase === "searching") return [{ ...offline, phase: "reconnecting", search: undefined }, []];
  if (phase === "matched" && meeting) {
    const after: Call = { ...offline, phase: "reconnecting", meeting: paused(meeting) };
    return [after, [{ type: "reach", reachable: false }]];
  }
  // Who is idle need not hear of it: the socket comes back by itself, for the next Start.
  const over = call.leaving && now - call.leaving.at >= GRACE_MS;
  return [over ? { ...offline, leaving: undefined } : offline, []];
}

function parted(call: Call, why: "banned" | "elsewhere" | "refused"): Step {
  const elsewhere = why === "elsewhere" || undefined;
  const offline: Call = { ...call, online: false, leaving: undefined, elsewhere };
  const [searches, effects] = searching(offline);
  if (why === "banned") return [{ ...searches, phase: "banned" }, effects];
  if (call.phase === "banned" || call.phase === "consent") return [offline, []];
  if (call.phase === "idle" && why === "elsewhere") return [offline, []]; // nothing was interrupted here
  const idle: Call = { ...searches, phase: "idle", rewind: undefined };
  return [idle, [...effects, { type: "tell", notice: { code: why } }, ...tellOf(unconfirmed(call.meeting))]];
}
