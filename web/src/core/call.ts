// The call as a pure state machine: what happened in, the next state and what to do out.

import type { Banned } from "../messages.generated";
import {
  isReachable,
  paused,
  repeatOldest,
  say,
  tryAgain,
  unconfirmed,
  unconfirmedNotice,
} from "./call/chat-lines";
import { lift } from "./call/curtain-state";
import { receive } from "./call/frames";
import { requestRewind, rewindExpired, rewindTo, withoutRewindTo } from "./call/rewind";
import type { Call, CallEvent, Leaving, Relaxable, Step, Wish } from "./call/state";
import { find, searching, withConversation } from "./call/transitions";

/** So long a gateway keeps a match whose visitor is away: there is nobody to part from after that. */
const GRACE_MS = 15_000;

/** `ban`: from an earlier visit, and not over. */
export function begin(agreed: boolean, ban?: Banned): Call {
  if (ban) return { phase: "banned", online: false, ban };
  return { phase: agreed ? "idle" : "consent", online: false };
}

/** `now` in milliseconds, by a clock that never goes back. */
export function step(call: Call, event: CallEvent, now: number): Step {
  switch (event.type) {
    case "agreed":
      return [{ ...call, phase: call.phase === "consent" ? "idle" : call.phase }, []];
    case "consent_outdated":
      return consentOutdated(call, now);
    case "may_connect":
      return [call, call.phase === "idle" && !call.online && !call.elsewhere ? [{ type: "connect" }] : []];
    case "idle_too_long":
      return call.phase === "idle" ? [{ ...call, online: false }, [{ type: "disconnect" }]] : [call, []];
    case "ban_lifted":
      return call.phase === "banned" ? [{ ...call, phase: "idle", ban: undefined }, []] : [call, []];
    case "start":
      return call.phase === "idle" ? start(call, event.wish) : [call, []];
    case "next":
      return next(call, now);
    case "stop":
      return stop(call, now);
    case "relax":
      return relax(call, event.relax);
    case "say":
      return say(call, event.text, event.id, now);
    case "resend":
      return tryAgain(call, event.id, now);
    case "typing":
      return call.conversation && isReachable(call)
        ? [call, [{ type: "send", message: { type: "typing", match: call.conversation.match } }]]
        : [call, []];
    case "lift_curtain":
      return lift(call, event.asked, now);
    case "block":
      return block(call, event.match, event.pass, now);
    case "rewind_requested":
      return requestRewind(call, now);
    case "timer":
      return timer(call, now);
    case "frame":
      return receive(call, event.frame, now);
    case "connection_lost":
      return connectionLost(call, now);
    case "connection_closed":
      return connectionClosed(call, event.why);
    case "link":
      return withConversation(call, event.match, { link: event.link });
  }
}

function start(call: Call, wish: Wish): Step {
  const [searches] = searching({ ...call, wish, elsewhere: undefined });
  return [searches, [call.online ? find(wish) : { type: "connect" }]];
}

/** While the socket is away, the meeting ends here at once and for the stranger after the next welcome. */
function next(call: Call, now: number): Step {
  const { conversation, online } = call;
  if (!conversation) return [call, []];
  const { match } = conversation;
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
function consentOutdated(call: Call, now: number): Step {
  if (call.conversation || call.phase === "banned") return [call, []];
  const [idle, effects] = stop(call, now);
  return [{ ...idle, phase: "consent", online: false }, [...effects, { type: "disconnect" }]];
}

/** What the gateway has to be told again if it turns out not to have heard it. */
function leaving(
  { conversation, leaving: before }: Call,
  by: Leaving["by"],
  now: number,
): Leaving | undefined {
  const { match, pass } = conversation ?? before ?? {};
  return match && pass ? { match, pass, by, at: now } : undefined;
}

/** Blocks the one of `match`, and leaves them if they are still here: first leave, so a search goes on. */
function block(call: Call, match: string, pass: string, now: number): Step {
  const [after, effects] = call.conversation?.match === match ? next(call, now) : [call, []];
  return [withoutRewindTo(after, match), [...effects, { type: "send", message: { type: "block", pass } }]];
}

/** When `step` wants a `timer`, by the same clock as `now`; undefined: never. */
export function timerAt({ rewind, conversation }: Call): number | undefined {
  const times = [rewind?.until, conversation?.sending.repeatAt].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

function timer(call: Call, now: number): Step {
  const [after, effects] = rewindExpired(call, now);
  const [then, repeated] = repeatOldest(after, now);
  return [then, [...effects, ...repeated]];
}

function connectionLost(call: Call, now: number): Step {
  const offline = { ...call, online: false };
  const { phase, conversation } = call;
  if (phase === "searching") return [{ ...offline, phase: "reconnecting", search: undefined }, []];
  if (phase === "matched" && conversation) {
    const after: Call = { ...offline, phase: "reconnecting", conversation: paused(conversation) };
    return [after, [{ type: "set_reachable", reachable: false }]];
  }
  // Who is idle need not hear of it: the socket comes back by itself, for the next Start.
  const over = call.leaving && now - call.leaving.at >= GRACE_MS;
  return [over ? { ...offline, leaving: undefined } : offline, []];
}

function connectionClosed(call: Call, why: "banned" | "elsewhere" | "refused"): Step {
  const elsewhere = why === "elsewhere" || undefined;
  const offline: Call = { ...call, online: false, leaving: undefined, elsewhere };
  const [searches, effects] = searching(offline);
  if (why === "banned") return [{ ...searches, phase: "banned" }, effects];
  if (call.phase === "banned" || call.phase === "consent") return [offline, []];
  if (call.phase === "idle" && why === "elsewhere") return [offline, []]; // nothing was interrupted here
  const idle: Call = { ...searches, phase: "idle", rewind: undefined };
  return [
    idle,
    [
      ...effects,
      { type: "notify", notice: { code: why } },
      ...unconfirmedNotice(unconfirmed(call.conversation)),
    ],
  ];
}
