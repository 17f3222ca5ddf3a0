// The state machine of a call. It takes an event and returns the next state and the effects to run. Pure.

import type { Banned } from "../messages.generated";
import {
  isReachable,
  paused,
  repeatOldest,
  retryLine,
  say,
  unconfirmed,
  unconfirmedNotice,
} from "./call/chat-lines";
import { lift } from "./call/curtain-state";
import { receive } from "./call/frames";
import { requestRewind, rewindExpired, rewindTo, withoutRewindTo } from "./call/rewind";
import { appeared, nextCounts } from "./call/second-press";
import type { Call, CallEvent, Leaving, Relaxable, Step, Wish } from "./call/state";
import { find, searching, withConversation } from "./call/transitions";
import { decline, want } from "./call/wanted-mode";
import { TOO_LATE } from "./call/welcome";

/** A gateway keeps the match of an absent visitor for this long. */
const GRACE_MS = 15_000;

/** `ban` comes from an earlier visit and is not over. */
export function begin(agreed: boolean, ban?: Banned): Call {
  if (ban) return { phase: "banned", online: false, ban };
  return { phase: agreed ? "idle" : "consent", online: false };
}

/** `now` is in monotonic milliseconds. */
export function step(call: Call, event: CallEvent, now: number): Step {
  switch (event.type) {
    case "agreed":
      return [{ ...call, phase: call.phase === "consent" ? "idle" : call.phase }, []];
    case "consent_outdated":
      return consentOutdated(call, now);
    case "may_connect":
      return [call, mayConnect(call) ? [{ type: "connect" }] : []];
    case "idle_too_long":
      return rests(call) ? [{ ...call, online: false }, [{ type: "disconnect" }]] : [call, []];
    case "ban_lifted":
      return call.phase === "banned" ? [{ ...call, phase: "idle", ban: undefined }, []] : [call, []];
    case "start":
      return call.phase === "idle" ? start({ ...call, line: event.line }, event.wish) : [call, []];
    case "next":
      return nextCounts(call, now) ? next(call, now) : [call, []];
    case "appeared":
      return [appeared(call), []];
    case "stop":
      return stop(call, now);
    case "relax":
      return relax(call, event.relax);
    case "say":
      return say(call, event.text, event.id, now);
    case "resend":
      return retryLine(call, event.id, now);
    case "typing":
      return call.conversation && isReachable(call)
        ? [call, [{ type: "send", message: { type: "typing", match: call.conversation.match } }]]
        : [call, []];
    case "lift_curtain":
      return lift(call, event.asked, now);
    case "want_mode":
      return want(call, event.match, event.mode, now);
    case "decline_mode":
      return decline(call, event.match);
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
    case "partner_devices":
      return withConversation(call, event.match, { theirs: event.on });
  }
}

/** Returns whether nobody waits for this visitor, so that the page needs no socket. */
function rests({ phase }: Call): boolean {
  return phase === "idle" || phase === "over";
}

/** Before Start, after a text conversation, and after a reload in a call. */
function mayConnect(call: Call): boolean {
  return !call.online && !call.elsewhere && (rests(call) || call.returnsUntil !== undefined);
}

function start(call: Call, wish: Wish): Step {
  const [searches] = searching({
    ...call,
    wish,
    elsewhere: undefined,
    stopped: undefined,
    refused: undefined,
    parted: undefined,
  });
  return [searches, [call.online ? find(wish) : { type: "connect" }]];
}

/** Leaves the match. If the socket is away, the stranger is told after the next welcome. */
function next(call: Call, now: number): Step {
  const { conversation, online, wish } = call;
  if (call.phase === "over" && wish) return start(call, wish);
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
  if (online && conversation.known && wish) return [after, [...effects, find(wish)]];
  if (online) return [after, [...effects, { type: "send", message: { type: "next", match } }]];
  return [after, call.returnsUntil === undefined ? effects : [...effects, { type: "connect" }]];
}

/** Gives up a part of the wish until the next Start. The preferences stay. */
function relax(call: Call, part: Relaxable): Step {
  if (call.phase !== "searching" || !call.wish) return [call, []];
  const { [part]: _, ...wish } = call.wish;
  return [{ ...call, wish, search: undefined }, call.online ? [find(wish)] : []];
}

function stop(call: Call, now: number): Step {
  if (call.phase === "idle" || call.phase === "consent" || call.phase === "banned") return [call, []];
  const [searches, effects] = searching(call);
  const idle: Call = {
    ...searches,
    phase: "idle",
    leaving: leaving(call, "stop", now),
    rewind: undefined,
    unreached: undefined,
  };
  return [idle, call.online ? [...effects, { type: "send", message: { type: "stop" } }] : effects];
}

/**
 * There are rules that the visitor has not seen. The search ends until they agree. A conversation goes on, and one that
 * is over can still be read.
 */
function consentOutdated(call: Call, now: number): Step {
  if (call.conversation || call.phase === "over" || call.phase === "banned") return [call, []];
  const [idle, effects] = stop(call, now);
  return [{ ...idle, phase: "consent", online: false }, [...effects, { type: "disconnect" }]];
}

/** Returns what to tell the gateway again if it has not heard it. */
function leaving(
  { conversation, leaving: before }: Call,
  by: Leaving["by"],
  now: number,
): Leaving | undefined {
  const { match, pass } = conversation ?? before ?? {};
  return match && pass ? { match, pass, by, at: now } : undefined;
}

/** Blocks the partner of `match`. If they are still here, it leaves first, so that a search goes on. */
function block(call: Call, match: string, pass: string, now: number): Step {
  const [after, effects] = call.conversation?.match === match ? next(call, now) : [call, []];
  return [withoutRewindTo(after, match), [...effects, { type: "send", message: { type: "block", pass } }]];
}

/** Returns when `step` wants a `timer` event, by the clock of `now`. Undefined means never. */
export function timerAt({ rewind, conversation, returnsUntil }: Call): number | undefined {
  const times = [rewind?.until, conversation?.sending.repeatAt, conversation?.nextAt, returnsUntil];
  const due = times.filter((time) => time !== undefined);
  return due.length > 0 ? Math.min(...due) : undefined;
}

function timer(call: Call, now: number): Step {
  if (call.returnsUntil !== undefined && now >= call.returnsUntil) {
    const [idle, over] = stop(call, now);
    return [idle, [...over, TOO_LATE]];
  }
  const [after, effects] = rewindExpired(nextCounts(call, now) ? appeared(call) : call, now);
  const [then, repeated] = repeatOldest(after, now);
  return [then, [...effects, ...repeated]];
}

function connectionLost(call: Call, now: number): Step {
  const offline = { ...call, online: false };
  const { phase, conversation } = call;
  if (phase === "searching") {
    const unreached = !call.online || !call.search || undefined;
    return [{ ...offline, phase: "reconnecting", search: undefined, unreached }, []];
  }
  if (phase === "matched" && conversation) {
    const after: Call = { ...offline, phase: "reconnecting", conversation: paused(conversation) };
    return [after, [{ type: "set_reachable", reachable: false }]];
  }
  // An idle visitor need not know. The socket comes back by itself, for the next Start.
  const over = call.leaving && now - call.leaving.at >= GRACE_MS;
  return [over ? { ...offline, leaving: undefined } : offline, []];
}

function connectionClosed(call: Call, why: "banned" | "elsewhere" | "refused"): Step {
  const elsewhere = why === "elsewhere" || undefined;
  const offline: Call = { ...call, online: false, unreached: undefined, leaving: undefined, elsewhere };
  const [searches, effects] = searching(offline);
  if (why === "banned") return [{ ...searches, phase: "banned" }, effects];
  if (call.phase === "banned" || call.phase === "consent") return [offline, []];
  // In these, nothing was interrupted.
  if ((call.phase === "idle" && why === "elsewhere") || call.phase === "over") return [offline, []];
  const idle: Call = { ...searches, phase: "idle", rewind: undefined, stopped: why };
  return [idle, [...effects, ...unconfirmedNotice(unconfirmed(call.conversation))]];
}
