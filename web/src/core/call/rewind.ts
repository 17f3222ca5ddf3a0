// The way back to the stranger before: for a moment after Next, if both want it. Pure.

import type { RewindOffer } from "../../messages.generated";
import type { Call, Effect, Rewind, Step } from "./state";

const WINDOW_MS = 30_000;

/** What begins when somebody pressed Next in `match`. */
export function rewindTo(match: string, now: number): Rewind {
  return { match, until: now + WINDOW_MS, asked: false, offered: false };
}

export function requestRewind(call: Call, now: number): Step {
  const { rewind } = call;
  if (!canRewind(call) || !rewind || rewind.asked || now >= rewind.until) return [call, []];
  return [{ ...call, rewind: { ...rewind, asked: true } }, [ask(rewind)]];
}

/** My socket is back: who has asked asks again, and so hears at least that it is too late. */
export function askAgain({ rewind }: Call, now: number): Effect[] {
  return rewind?.asked && now < rewind.until ? [ask(rewind)] : [];
}

/** A gateway takes nobody back who was not there meanwhile: there is nothing to press any more. */
export function requestedRewind({ rewind }: Call): Rewind | undefined {
  return rewind?.asked ? rewind : undefined;
}

/** The gateway says that there is no way, or nobody answered in time. */
export function rewindFailed(call: Call): Step {
  return [{ ...call, rewind: undefined }, [{ type: "notify", notice: { code: "rewind_refused" } }]];
}

/** They ask for me. An offer of anyone but the last one, or of one that I blocked, is none. */
export function offered(call: Call, { match, expires_in }: RewindOffer, now: number): Call {
  const { rewind } = call;
  if (rewind?.match !== match) return call;
  return { ...call, rewind: { ...rewind, offered: true, until: now + expires_in * 1000 } };
}

/** Time has passed. Who never asked need not hear of it. */
export function rewindExpired(call: Call, now: number): Step {
  if (!call.rewind || now < call.rewind.until) return [call, []];
  return call.rewind.asked ? rewindFailed(call) : [{ ...call, rewind: undefined }, []];
}

/** There is no way back to somebody one has blocked. */
export function withoutRewindTo(call: Call, match: string): Call {
  return call.rewind?.match === match ? { ...call, rewind: undefined } : call;
}

export function canRewind({ phase, rewind }: Call): boolean {
  return rewind !== undefined && (phase === "searching" || phase === "matched");
}

function ask({ match }: Rewind): Effect {
  return { type: "send", message: { type: "rewind", match } };
}
