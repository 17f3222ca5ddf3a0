// The part of the call machine that answers the gateway's frames.

import type {
  Ended,
  Matched,
  PartnerBack,
  Error as Refusal,
  Searching,
  ToBrowser,
} from "../messages.generated";
import { DOWN, liftAgain, theyLift } from "./lifting";
import { delivered, heard, refused, undelivered, unheard } from "./lines";
import { noWay, offered, rewindTo } from "./rewind";
import type { Call, Effect, Meeting, Notice, Step } from "./state";
import { find, searching, withMeeting } from "./steps";
import { welcome } from "./welcome";

/** Nobody need hear of these: what is not built yet, and old passes that are said again to be safe. */
const QUIET = new Set(["not_yet", "pass_refused"]);

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
      return [heard(call, frame, now), []];
    case "typing":
      return forMatch(call, frame.match, { type: "stranger_types" });
    case "partner_away":
      return withMeeting(call, frame.match, { away: true, interruptedAt: now }, [
        { type: "reach", reachable: false },
      ]);
    case "partner_back":
      return partnerBack(call, frame, now);
    case "banned":
      return [
        { ...searching(call)[0], phase: "banned", ban: frame },
        call.meeting ? [{ type: "close" }] : [],
      ];
    case "error":
      return failed(call, frame);
    case "rewind_offer":
      return [offered(call, frame, now), []];
    case "reveal":
      return theyLift(call, frame.match);
    default:
      return [call, []]; // a newer gateway may say more than this page understands
  }
}

function forMatch(call: Call, match: string, effect: Effect): Step {
  return [call, call.meeting?.match === match ? [effect] : []];
}

function partnerBack(call: Call, { match, pass }: PartnerBack, now: number): Step {
  const { meeting } = call;
  if (meeting?.match !== match) return [call, []];
  const here = { ...delivered(meeting, now), away: false, ...(pass ? { pass } : {}) };
  const [back, reveal] = liftAgain(here);
  return [{ ...call, meeting: back }, [{ type: "reach", reachable: true }, ...reveal]];
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
  const { match, pass, polite, partner } = frame;
  const ice = frame.ice ?? call.ice ?? { servers: [], policy: "all" };
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
  };
  const [searches, effects] = searching(call);
  // Whom I asked back is most likely the one who is here now.
  const rewind = searches.rewind?.asked ? undefined : searches.rewind;
  const after: Call = { ...searches, phase: "matched", meeting, leaving: undefined, rewind };
  return [after, [...effects, { type: "open", meeting }]];
}

function ended(call: Call, { match, reason, unheard: named }: Ended, now: number): Step {
  if (call.meeting?.match !== match || call.phase !== "matched") return [call, []];
  const [searches, effects] = searching(call);
  // After next and lost the gateway searches on; after the rest we ask for it.
  const asks = call.wish && reason !== "next" && reason !== "lost" ? [find(call.wish)] : [];
  const rewind = reason === "next" ? rewindTo(match, now) : undefined;
  const lines = unheard(call.meeting, named);
  const after: Call = { ...searches, ended: reason, unheard: lines, rewind };
  return [after, [...effects, ...undelivered(call.meeting, lines), ...asks]];
}

function failed(call: Call, { code, message, id }: Refusal): Step {
  if (QUIET.has(code)) return [call, []];
  const notice: Notice = code === "partner_away" ? { code } : { code: "error", detail: message };
  if (id !== undefined) return lineFailed(call, id, notice);
  if (code === "partner_away") return [call, []]; // a signal, of which the person knows nothing
  if (code === "rewind_refused") return noWay(call);
  return [call, [tell(notice)]];
}

/** A line of a match that is over is of no interest: that was told of when it ended. */
function lineFailed(call: Call, id: string, notice: Notice): Step {
  const { meeting } = call;
  if (!meeting?.lines.some((line) => line.id === id)) return [call, []];
  return [{ ...call, meeting: refused(meeting, id) }, [tell(notice)]];
}

function tell(notice: Notice): Effect {
  return { type: "tell", notice };
}
