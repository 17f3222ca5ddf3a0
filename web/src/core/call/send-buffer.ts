// Reliable delivery from page to page. Messages that must arrive are numbered, acknowledged and repeated. The
// numbers begin at 1 for each match and direction, and go on across sockets and gateways. Pure.

import type { Chat, Reveal } from "../../messages.generated";

export type Numbered = Chat | Reveal;

/** At most this many lines may wait. A lifted curtain is sent once and always has a place. */
export const MAX_WAITING = 60;
/** The pauses before each repeat of the oldest message. The last one stays. */
const PAUSES_MS = [3_000, 6_000, 12_000, 24_000, 30_000] as const;

/** Everything is repeated at most this often, however often the partner comes and goes. */
const RESEND_ALL_MS = 3_000;

/** Holds everything that the partner's page has not acknowledged. Times are monotonic milliseconds. */
export interface SendBuffer {
  /** The oldest message is first. */
  readonly waiting: readonly Numbered[];
  /** The number of the newest message. */
  readonly last: number;
  /** Everything up to this number may have been sent more than once. */
  readonly again: number;
  /** How often the oldest message was repeated since the last acknowledgement. */
  readonly repeats: number;
  /** A line was repeated. The partner's page skipped the lines after it, so they must be repeated, too. */
  readonly recovering: boolean;
  /** When everything was last repeated. */
  readonly resentAllAt?: number | undefined;
  /** When the oldest message is due. Undefined while nothing waits or the partner cannot be reached. */
  readonly repeatAt?: number | undefined;
}

export const NOTHING_SENT: SendBuffer = {
  waiting: [],
  last: 0,
  again: 0,
  repeats: 0,
  recovering: false,
};

/** Returns whether one more line may wait. */
export function hasRoom({ waiting }: SendBuffer): boolean {
  return waiting.filter(({ type }) => type === "chat").length < MAX_WAITING;
}

/** Numbers `message` and adds it to the waiting ones. */
export function add<Kind extends Numbered>(buffer: SendBuffer, message: Kind): [SendBuffer, Kind] {
  const last = buffer.last + 1;
  const numbered = { ...message, n: last };
  return [{ ...buffer, waiting: [...buffer.waiting, numbered], last }, numbered];
}

/** Plans the next repeat after a message was sent. */
export function planRepeat(buffer: SendBuffer, now: number): SendBuffer {
  const planned = buffer.waiting.length === 0 || buffer.repeatAt !== undefined;
  return planned ? buffer : { ...buffer, repeatAt: now + pauseAfter(buffer.repeats) };
}

/**
 * Returns all waiting messages, to be sent again now because they may be lost. If that was done a moment ago,
 * it returns none and plans to repeat the oldest.
 */
export function resendAll(buffer: SendBuffer, now: number): [SendBuffer, readonly Numbered[]] {
  if (buffer.resentAllAt !== undefined && now < buffer.resentAllAt + RESEND_ALL_MS) {
    return [planRepeat({ ...paused(buffer), recovering: true }, now), []];
  }
  const after = { ...paused(buffer), again: buffer.last, recovering: false, resentAllAt: now };
  return [planRepeat(after, now), buffer.waiting];
}

/** Plans no repeat, because the partner cannot be reached. */
export function paused(buffer: SendBuffer): SendBuffer {
  return { ...buffer, repeats: 0, repeatAt: undefined };
}

/**
 * Removes and returns everything up to `n`, and the message to send next. After a repeat that is the next
 * oldest one: otherwise each lost line would cost seconds. An impossible number acknowledges nothing.
 */
export function acknowledge(
  buffer: SendBuffer,
  n: number,
  now: number,
): [buffer: SendBuffer, acknowledged: readonly Numbered[], next?: Numbered] {
  const acknowledged = n <= buffer.last ? buffer.waiting.filter((one) => one.n <= n) : [];
  if (acknowledged.length === 0) return [buffer, []];
  const waiting = buffer.waiting.slice(acknowledged.length);
  const [next] = buffer.recovering ? waiting : [];
  const again = Math.max(buffer.again, next?.n ?? 0);
  const after = planRepeat(paused({ ...buffer, waiting, again, recovering: next !== undefined }), now);
  return next ? [after, acknowledged, next] : [after, acknowledged];
}

/** Returns the oldest message if it is due. */
export function repeat(buffer: SendBuffer, now: number): [SendBuffer, Numbered | undefined] {
  const [oldest] = buffer.waiting;
  if (!oldest || buffer.repeatAt === undefined || now < buffer.repeatAt) return [buffer, undefined];
  const repeats = buffer.repeats + 1;
  const again = Math.max(buffer.again, oldest.n);
  return [{ ...buffer, again, repeats, recovering: true, repeatAt: now + pauseAfter(repeats) }, oldest];
}

/**
 * The gateway refuses the line with this id. A line that was sent once has not arrived, so it is removed and
 * the later ones move up by one number. Returns undefined if the line may have arrived.
 */
export function withdraw(buffer: SendBuffer, id: string): SendBuffer | undefined {
  const refused = buffer.waiting.find((one) => one.type === "chat" && one.id === id);
  if (!refused || refused.n <= buffer.again) return undefined;
  const waiting = buffer.waiting
    .filter((one) => one !== refused)
    .map((one) => (one.n > refused.n ? { ...one, n: one.n - 1 } : one));
  return { ...paused(buffer), waiting, last: buffer.last - 1 };
}

function pauseAfter(repeats: number): number {
  return PAUSES_MS[Math.min(repeats, PAUSES_MS.length - 1)] as number;
}
