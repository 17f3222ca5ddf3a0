// The part of the call machine that answers the gateway's frames.

import { find, heard, searching, withMeeting } from "./call";
import type { Call, Effect, Meeting, Step } from "./call-state";
import type { Ended, Matched, Error as Refusal, Searching, ToBrowser, Welcome } from "./messages.generated";

/** Nobody need hear of these: what is not built yet, and old passes that are said again to be safe. */
const QUIET = new Set(["not_yet", "pass_refused"]);

export function receive(call: Call, frame: ToBrowser): Step {
  switch (frame.type) {
    case "welcome":
      return welcome(call, frame);
    case "searching":
      return waits(call, frame);
    case "matched":
      return matched(call, frame);
    case "ended":
      return ended(call, frame);
    case "description":
    case "candidates":
      return forMatch(call, frame.match, { type: "signal", signal: frame });
    case "chat":
      return frame.match === call.meeting?.match
        ? [heard(call, { id: frame.id, from: "stranger", text: frame.text }), []]
        : [call, []];
    case "typing":
      return forMatch(call, frame.match, { type: "stranger_types" });
    case "partner_away":
      return withMeeting(call, frame.match, { away: true });
    case "partner_back":
      return withMeeting(call, frame.match, { away: false, ...(frame.pass ? { pass: frame.pass } : {}) });
    case "banned":
      return [
        { ...searching(call)[0], phase: "banned", ban: frame },
        call.meeting ? [{ type: "close" }] : [],
      ];
    case "error":
      return refused(call, frame);
    case "reveal": // nothing is covered here, so there is nothing to uncover
    case "rewind_offer": // an offer that is not taken up lapses by itself
      return [call, []];
    default:
      return [call, []]; // a newer gateway may say more than this page understands
  }
}

function forMatch(call: Call, match: string, effect: Effect): Step {
  return [call, call.meeting?.match === match ? [effect] : []];
}

function welcome(call: Call, { ice, resumed }: Welcome): Step {
  const online: Call = { ...call, online: true, ice };
  const blocks: Effect = { type: "send_blocks" };
  if (resumed && call.meeting?.match === resumed.match) {
    const { polite, pass, partner_here } = resumed;
    const meeting: Meeting = { ...call.meeting, polite, pass, away: partner_here === false };
    return [{ ...online, phase: "matched", meeting }, [blocks]];
  }
  if (!call.wish || (call.phase !== "searching" && call.phase !== "reconnecting")) return [online, [blocks]];
  const lost = call.meeting !== undefined;
  const [searches, effects] = searching(online);
  return [{ ...searches, ended: lost ? "lost" : undefined }, [...effects, blocks, find(call.wish)]];
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
  return [{ ...searches, search }, effects];
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
  };
  const [searches, effects] = searching(call);
  return [{ ...searches, phase: "matched", meeting }, [...effects, { type: "open", meeting }]];
}

function ended(call: Call, { match, reason }: Ended): Step {
  if (call.meeting?.match !== match || call.phase !== "matched") return [call, []];
  const [searches, effects] = searching(call);
  // After next and lost the gateway searches on; after the rest we ask for it.
  const asks = call.wish && reason !== "next" && reason !== "lost" ? [find(call.wish)] : [];
  return [{ ...searches, ended: reason }, [...effects, ...asks]];
}

function refused(call: Call, { code, message }: Refusal): Step {
  if (QUIET.has(code)) return [call, []];
  return [call, [{ type: "tell", notice: { code: "error", detail: message } }]];
}
