// Rewind: for 30 seconds after Next, two partners can meet again if both want to. Pure.

import type { RewindOffer } from "../../messages.generated";
import type { Call, Effect, Rewind, Step } from "./state";

const WINDOW_MS = 30_000;

/** Opens the window for a rewind to `match`. */
export function rewindTo(match: string, now: number): Rewind {
  return { match, until: now + WINDOW_MS, asked: false, offered: false };
}

export function requestRewind(call: Call, now: number): Step {
  const { rewind } = call;
  if (!canRewind(call) || !rewind || rewind.asked || now >= rewind.until) return [call, []];
  return [{ ...call, rewind: { ...rewind, asked: true } }, [ask(rewind)]];
}

/** The socket is back: repeats a request, so that the visitor at least learns that it is too late. */
export function askAgain({ rewind }: Call, now: number): Effect[] {
  return rewind?.asked && now < rewind.until ? [ask(rewind)] : [];
}

/** Keeps only a rewind that was requested. A gateway grants none to a visitor who was away meanwhile. */
export function requestedRewind({ rewind }: Call): Rewind | undefined {
  return rewind?.asked ? rewind : undefined;
}

/** The gateway refused the rewind, or nobody answered in time. */
export function rewindFailed(call: Call): Step {
  return [{ ...call, rewind: undefined }, [{ type: "notify", notice: { code: "rewind_refused" } }]];
}

/** The partner asks for me. Only an offer of the last partner counts. */
export function offered(call: Call, { match, expires_in }: RewindOffer, now: number): Call {
  const { rewind } = call;
  if (rewind?.match !== match) return call;
  return { ...call, rewind: { ...rewind, offered: true, until: now + expires_in * 1000 } };
}

/** Closes the window when its time is over. The visitor is told only if they asked. */
export function rewindExpired(call: Call, now: number): Step {
  if (!call.rewind || now < call.rewind.until) return [call, []];
  return call.rewind.asked ? rewindFailed(call) : [{ ...call, rewind: undefined }, []];
}

/** Closes the window if it leads to this match, because the visitor blocked that partner. */
export function withoutRewindTo(call: Call, match: string): Call {
  return call.rewind?.match === match ? { ...call, rewind: undefined } : call;
}

export function canRewind({ phase, rewind }: Call): boolean {
  return rewind !== undefined && (phase === "searching" || phase === "matched" || phase === "over");
}

function ask({ match }: Rewind): Effect {
  return { type: "send", message: { type: "rewind", match } };
}
