// Answers the frames of the gateway. Pure.

import type {
  Ended,
  FreshPass,
  Matched,
  PartnerBack,
  Error as Refusal,
  Searching,
  ToBrowser,
} from "../../messages.generated";
import { acknowledged, paused, refused, resendAll, take } from "./chat-lines";
import { DOWN } from "./curtain-state";
import { endedBy } from "./over";
import { offered, rewindFailed, rewindTo } from "./rewind";
import { nextCountsAt } from "./second-press";
import { NOTHING_SENT } from "./send-buffer";
import type { Call, Conversation, Effect, Step } from "./state";
import { find, searching, withConversation } from "./transitions";
import { hear, wantedAgain } from "./wanted-mode";
import { welcome } from "./welcome";

/**
 * The visitor need not know these: an old memory, a newer socket, an old pass that was sent again to be safe.
 */
const QUIET = new Set(["memory_refused", "stale_epoch", "pass_refused"]);

export function receive(call: Call, frame: ToBrowser, now: number): Step {
  switch (frame.type) {
    case "welcome":
      return welcome(call, frame, now);
    case "searching":
      return waits(call, frame);
    case "matched":
      return matched(call, frame, now);
    case "ended":
      return ended(call, frame, now);
    case "description":
    case "candidates":
      return forMatch(call, frame.match, { type: "signal", signal: frame });
    case "chat":
    case "reveal":
      return take(call, frame);
    case "received":
      return acknowledged(call, frame, now);
    case "mode":
      return hear(call, frame, now);
    case "typing":
      return forMatch(call, frame.match, { type: "show_typing" });
    case "partner_away":
      return partnerAway(call, frame.match);
    case "partner_back":
      return partnerBack(call, frame, now);
    case "pass":
      return passRenewed(call, frame);
    case "banned":
      return [
        { ...searching(call)[0], phase: "banned", ban: frame },
        call.conversation ? [{ type: "close_media" }] : [],
      ];
    case "memory":
      return [call, frame.blocked ? [{ type: "block_confirmed", match: frame.blocked }] : []];
    case "error":
      return failed(call, frame, now);
    case "rewind_offer":
      return [offered(call, frame, now), []];
    default:
      return [call, []]; // a newer gateway may send more than this page understands
  }
}

function forMatch(call: Call, match: string, effect: Effect): Step {
  return [call, call.conversation?.match === match ? [effect] : []];
}

function partnerAway(call: Call, match: string): Step {
  const { conversation } = call;
  if (conversation?.match !== match) return [call, []];
  return [
    { ...call, conversation: { ...paused(conversation), away: true } },
    [{ type: "set_reachable", reachable: false }],
  ];
}

/** This may come without an earlier `partner_away`. Even then, messages may have been lost. */
function partnerBack(call: Call, { match, pass }: PartnerBack, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== match) return [call, []];
  const here = { ...conversation, away: false, ...(pass ? { pass } : {}) };
  const [back, again] = resendAll(here, now);
  const effects = [...wantedAgain(call, back), ...again];
  return [{ ...call, conversation: back }, [...effects, { type: "set_reachable", reachable: true }]];
}

/** A newer pass, which proves the last lines. It may come after I have left the match. */
function passRenewed(call: Call, { match, pass }: FreshPass): Step {
  return [withConversation(call, match, { pass })[0], [{ type: "pass_renewed", match, pass }]];
}

function waits(call: Call, { waiting, stage, widens_in, hint }: Searching): Step {
  if (!mayMeet(call)) return [call, []];
  const [searches, effects] = call.phase === "searching" ? [call, []] : searching(call);
  const search = {
    waiting,
    stage,
    ...(widens_in === undefined ? {} : { widensIn: widens_in }),
    ...(hint === undefined ? {} : { hint }),
  };
  return [{ ...searches, search, leaving: undefined }, effects];
}

/** After a conversation that is over, a gateway searches only if a rewind failed, or if it is an older one. */
function mayMeet({ phase }: Call): boolean {
  return phase === "searching" || phase === "matched" || phase === "over";
}

function matched(call: Call, frame: Matched, now: number): Step {
  if (!mayMeet(call) || !call.wish) return [call, []];
  const { match, pass, polite, partner, ice } = frame;
  const { mode } = call.wish;
  const { again, invitation, ...rest } = call.wish;
  const wish = call.line ? call.wish : rest;
  const conversation: Conversation = {
    match,
    pass,
    polite,
    partner,
    ice,
    iceAt: now,
    mode,
    lines: [],
    link: mode === "text" ? "connected" : "connecting",
    nextAt: nextCountsAt(now),
    away: false,
    lifted: DOWN,
    sending: NOTHING_SENT,
    received: 0,
    known: again !== undefined || invitation !== undefined,
  };
  const [searches, effects] = searching({ ...call, wish });
  // If I asked for a rewind, this partner is most likely the one I asked for.
  const rewind = searches.rewind?.asked ? undefined : searches.rewind;
  const after: Call = { ...searches, phase: "matched", conversation, leaving: undefined, rewind };
  return [after, [...effects, { type: "open_media", conversation }]];
}

function ended(call: Call, { match, reason }: Ended, now: number): Step {
  // After `next` and `lost` the gateway searches by itself, unless it was asked for one search. Otherwise the page asks.
  const once = call.line || call.wish?.mode === "text";
  const asks = call.wish && (once || (reason !== "next" && reason !== "lost")) ? [find(call.wish)] : [];
  // The match had ended before the gateway read my `next`, which it then drops.
  if (call.phase === "searching" && !call.search) return [call, asks];
  if (call.conversation?.match !== match || call.phase !== "matched") return [call, []];
  const [over, effects] = endedBy(call, call.conversation, reason);
  const rewind = reason === "next" ? rewindTo(match, now) : undefined;
  return [{ ...over, rewind }, over.phase === "searching" ? [...effects, ...asks] : effects];
}

function failed(call: Call, { code, message, id }: Refusal, now: number): Step {
  if (code === "meeting_refused" || code === "too_late")
    return [
      { ...searching(call)[0], phase: "idle", parted: code },
      [{ type: "send", message: { type: "stop" } }],
    ];
  if (QUIET.has(code)) return [call, []];
  // The pool of the wish has closed, or there is none. A conversation goes on.
  if (code.startsWith("pool_") && call.phase === "searching")
    return [{ ...searching(call)[0], phase: "idle", rewind: undefined, refused: code }, []];
  const told: Effect = { type: "notify", notice: { code: "error", detail: message } };
  if (id !== undefined) return lineFailed(call, id, told, now);
  if (code === "rewind_refused") return rewindFailed(call);
  return [call, [told]];
}

/** Ignores a line of an earlier match. Its end has already been reported. */
function lineFailed(call: Call, id: string, told: Effect, now: number): Step {
  const [conversation, effects] = (call.conversation && refused(call.conversation, id, now)) ?? [];
  return conversation ? [{ ...call, conversation }, [told, ...(effects ?? [])]] : [call, []];
}
