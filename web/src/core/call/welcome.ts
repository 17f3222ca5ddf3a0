// Answers a welcome: resumes the match, leaves it, or searches. Pure.

import type { Resumed, Welcome } from "../../messages.generated";
import { paused, resendAll } from "./chat-lines";
import { endedBy } from "./over";
import { askAgain, requestedRewind, rewindTo } from "./rewind";
import type { Call, Conversation, Effect, Leaving, Step } from "./state";
import { find, searching } from "./transitions";
import { wantedAgain } from "./wanted-mode";

const BLOCKS: Effect = { type: "send_blocks" };
export const TOO_LATE: Effect = { type: "notify", notice: { code: "too_late" } };

export function welcome(call: Call, { resumed, relays_modes }: Welcome, now: number): Step {
  const online: Call = {
    ...call,
    online: true,
    relaysModes: relays_modes,
    unreached: undefined,
    leaving: undefined,
    returnsUntil: undefined,
  };
  const { conversation, leaving } = call;
  if (call.returnsUntil !== undefined) return returned(online, resumed, now);
  if (resumed && conversation?.match === resumed.match) return resume(online, conversation, resumed, now);
  if (resumed && leaving?.match === resumed.match) return leave(online, leaving, now);
  return search(online, now);
}

/** A page that was loaded again opens the media anew, or says that the conversation is over. */
function returned(call: Call, resumed: Resumed | undefined, now: number): Step {
  if (!call.conversation || call.conversation.match !== resumed?.match) {
    const [searches, effects] = searching(call);
    return [{ ...searches, phase: "idle" }, [...effects, BLOCKS, TOO_LATE]];
  }
  const [after, effects] = resume(call, call.conversation, resumed, now);
  const { conversation = call.conversation } = after;
  const media: Effect[] = [{ type: "open_media", conversation }];
  if (conversation.away) media.push({ type: "set_reachable", reachable: false });
  return [after, [...effects.filter(({ type }) => type === "send" || type === "send_blocks"), ...media]];
}

/** Sends what must arrive first, before anything new. */
function resume(
  call: Call,
  before: Conversation,
  { polite, pass, partner_here, ice }: Resumed,
  now: number,
): Step {
  const resumed = { ...before, polite, pass, ice, iceAt: now, away: !partner_here };
  const [conversation, again] = partner_here ? resendAll(resumed, now) : [paused(resumed), []];
  const then: Effect[] = [
    { type: "update_ice", ice },
    { type: "set_reachable", reachable: partner_here },
    ...askAgain(call, now),
  ];
  const after: Call = { ...call, phase: "matched", conversation, rewind: requestedRewind(call) };
  return [after, [...wantedAgain(call, conversation), ...again, BLOCKS, ...then]];
}

/**
 * The gateway kept a match that the visitor left meanwhile. After `next` it searches by itself, and a rewind
 * is possible.
 */
function leave(call: Call, { match, by }: Leaving, now: number): Step {
  if (by === "stop") {
    const [after, effects] = search(call, now);
    return [after, [{ type: "send", message: { type: "stop" } }, ...effects]];
  }
  const rewind = call.rewind && { ...rewindTo(match, now), asked: call.rewind.asked };
  const after: Call = { ...call, phase: "searching", rewind };
  const left: Effect =
    call.line && call.wish ? find(call.wish) : { type: "send", message: { type: "next", match } };
  return [after, [left, BLOCKS, ...askAgain(after, now)]];
}

function search(call: Call, now: number): Step {
  const { wish, conversation, phase } = call;
  const rewind = requestedRewind(call);
  const then: Effect[] = [BLOCKS, ...askAgain(call, now)];
  if (!wish || (phase !== "searching" && phase !== "reconnecting")) return [{ ...call, rewind }, then];
  const [over, effects] = conversation ? endedBy(call, conversation, "lost") : [goesOn(call), []];
  const after: Call = { ...over, rewind, wasAway: conversation ? true : call.wasAway };
  if (after.phase !== "searching") return [after, [...effects, ...then]];
  return [after, [...effects, BLOCKS, find(wish), ...askAgain(call, now)]];
}

/** The search of before goes on, and what was said of the last conversation still counts. */
function goesOn(call: Call): Call {
  const { ended, unconfirmed } = call;
  return { ...searching(call)[0], ended, unconfirmed };
}
