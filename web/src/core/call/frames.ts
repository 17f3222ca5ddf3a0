// The part of the call machine that answers the gateway's frames.

import type {
  Ended,
  Matched,
  PartnerBack,
  Error as Refusal,
  Searching,
  ToBrowser,
} from "../../messages.generated";
import { NOTHING_SENT } from "./delivery";
import { DOWN } from "./lifting";
import { acknowledged, paused, refused, sayAgain, take, tellOf, unconfirmed } from "./lines";
import { noWay, offered, rewindTo } from "./rewind";
import type { Call, Effect, Meeting, Step } from "./state";
import { find, searching } from "./steps";
import { welcome } from "./welcome";

/** Nobody need hear of these: a memory that is too old, a newer socket, old passes that are said again to be safe. */
const QUIET = new Set(["memory_refused", "stale_epoch", "pass_refused"]);

export function receive(call: Call, frame: ToBrowser, now: number): Step {
  switch (frame.type) {
    case "welcome":
      return welcome(call, frame, now);
    case "searching":
      return waits(call, frame);
    case "matched":
      return matched(call, frame);
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
    case "typing":
      return forMatch(call, frame.match, { type: "stranger_types" });
    case "partner_away":
      return partnerAway(call, frame.match);
    case "partner_back":
      return partnerBack(call, frame, now);
    case "banned":
      return [
        { ...searching(call)[0], phase: "banned", ban: frame },
        call.meeting ? [{ type: "close" }] : [],
      ];
    case "memory":
      return [call, frame.blocked ? [{ type: "block_kept", match: frame.blocked }] : []];
    case "error":
      return failed(call, frame, now);
    case "rewind_offer":
      return [offered(call, frame, now), []];
    default:
      return [call, []]; // a newer gateway may say more than this page understands
  }
}

function forMatch(call: Call, match: string, effect: Effect): Step {
  return [call, call.meeting?.match === match ? [effect] : []];
}

function partnerAway(call: Call, match: string): Step {
  const { meeting } = call;
  if (meeting?.match !== match) return [call, []];
  return [{ ...call, meeting: { ...paused(meeting), away: true } }, [{ type: "reach", reachable: false }]];
}

/** It may come without `partner_away` before it: then something may have been lost all the same. */
function partnerBack(call: Call, { match, pass }: PartnerBack, now: number): Step {
  const { meeting } = call;
  if (meeting?.match !== match) return [call, []];
  const here = { ...meeting, away: false, ...(pass ? { pass } : {}) };
  const [back, again] = sayAgain(here, now);
  return [{ ...call, meeting: back }, [...again, { type: "reach", reachable: true }]];
}

function waits(call: Call, { waiting, stage, widens_in, hint }: Searching): Step {
  if (call.phase !== "searching" && call.phase !== "matched") return [call, []];
  const [searches, effects] = call.phase === "matched" ? searching(call) : [call, []];
  const search = {
    waiting,
    stage,
    ...(widens_in === undefined ? {} : { widensIn: widens_in }),
    ...(hint === undefined ? {} : { hint }),
  };
  return [{ ...searches, search, leaving: undefined }, effects];
}

function matched(call: Call, frame: Matched): Step {
  if ((call.phase !== "searching" && call.phase !== "matched") || !call.wish) return [call, []];
  const { match, pass, polite, partner, ice } = frame;
  const { mode } = call.wish;
  const meeting: Meeting = {
    match,
    pass,
    polite,
    partner,
    ice,
    mode,
    lines: [],
    link: mode === "text" ? "connected" : "connecting",
    away: false,
    lifted: DOWN,
    sending: NOTHING_SENT,
    received: 0,
  };
  const [searches, effects] = searching(call);
  // Whom I asked back is most likely the one who is here now.
  const rewind = searches.rewind?.asked ? undefined : searches.rewind;
  const after: Call = { ...searches, phase: "matched", meeting, leaving: undefined, rewind };
  return [after, [...effects, { type: "open", meeting }]];
}

function ended(call: Call, { match, reason }: Ended, now: number): Step {
  if (call.meeting?.match !== match || call.phase !== "matched") return [call, []];
  const [searches, effects] = searching(call);
  // After next and lost the gateway searches on; after the rest we ask for it.
  const asks = call.wish && reason !== "next" && reason !== "lost" ? [find(call.wish)] : [];
  const rewind = reason === "next" ? rewindTo(match, now) : undefined;
  const lines = unconfirmed(call.meeting);
  const after: Call = { ...searches, ended: reason, unconfirmed: lines, rewind };
  return [after, [...effects, ...tellOf(lines), ...asks]];
}

function failed(call: Call, { code, message, id }: Refusal, now: number): Step {
  if (QUIET.has(code)) return [call, []];
  const told: Effect = { type: "tell", notice: { code: "error", detail: message } };
  if (id !== undefined) return lineFailed(call, id, told, now);
  if (code === "rewind_refused") return noWay(call);
  return [call, [told]];
}

/** A line of a match that is over is of no interest: that was told of when it ended. */
function lineFailed(call: Call, id: string, told: Effect, now: number): Step {
  const [meeting, effects] = (call.meeting && refused(call.meeting, id, now)) ?? [];
  return meeting ? [{ ...call, meeting }, [told, ...(effects ?? [])]] : [call, []];
}
