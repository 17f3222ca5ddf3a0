// The way back to the stranger before: for a moment after Next, if both want it. Pure.

import type { Call, Step } from "./call-state";
import type { RewindOffer } from "./messages.generated";

const WINDOW_MS = 30_000;

export interface Rewind {
  match: string;
  /** When it is too late; a monotonic clock's milliseconds. */
  until: number;
  /** I asked for them, and they have not answered. */
  asked: boolean;
  /** They asked for me. */
  offered: boolean;
}

/** What begins when somebody pressed Next in `match`. */
export function rewindTo(match: string, now: number): Rewind {
  return { match, until: now + WINDOW_MS, asked: false, offered: false };
}

export function goBack(call: Call, now: number): Step {
  const { rewind } = call;
  if (!mayGoBack(call) || !rewind || rewind.asked || now >= rewind.until) return [call, []];
  const { match } = rewind;
  return [
    { ...call, rewind: { ...rewind, asked: true } },
    [{ type: "send", message: { type: "rewind", match } }],
  ];
}

/** They ask for me. An offer of anyone but the last one, or of one that I blocked, is none. */
export function offered(call: Call, { match, expires_in }: RewindOffer, now: number): Call {
  const { rewind } = call;
  if (rewind?.match !== match) return call;
  return { ...call, rewind: { ...rewind, offered: true, until: now + expires_in * 1000 } };
}

export function expired(call: Call, now: number): Call {
  return call.rewind && now >= call.rewind.until ? { ...call, rewind: undefined } : call;
}

/** There is no way back to somebody one has blocked. */
export function withoutWayTo(call: Call, match: string): Call {
  return call.rewind?.match === match ? { ...call, rewind: undefined } : call;
}

export function mayGoBack({ phase, rewind }: Call): boolean {
  return rewind !== undefined && (phase === "searching" || phase === "matched");
}
