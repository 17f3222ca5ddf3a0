// Delivery from page to page: what must arrive is numbered, acknowledged, and said again until it is. Pure.
// The numbers of one match and direction begin at 1 and go on when a socket or a gateway is lost.

import type { Chat, Reveal } from "../../messages.generated";

export type Numbered = Chat | Reveal;

/** Lines that wait at most. A lifted curtain, which is said once, always has a place beside them. */
export const MOST_WAITING = 60;
/** The oldest is said again so long after it was said, and then after each repeat; the last pause stays. */
const PAUSES_MS = [3_000, 6_000, 12_000, 24_000, 30_000] as const;

/** Everything is said again at most so often, however often the partner comes and goes. */
const ALL_AGAIN_MS = 3_000;

/** Holds everything that the partner's page has not acknowledged. Times are those of a monotonic clock. */
export interface SendBuffer {
  /** The oldest first. */
  readonly waiting: readonly Numbered[];
  /** The number of the newest. */
  readonly last: number;
  /** Up to this number everything has been said more than once, or not at first. */
  readonly again: number;
  /** How often the oldest was said again since something was acknowledged. */
  readonly repeats: number;
  /** A line had to be repeated, so those after it, which the other page passed over, need it too. */
  readonly recovering: boolean;
  /** When everything was said again last. */
  readonly allAgainAt?: number | undefined;
  /** When it is said again; undefined while nothing waits, or while nothing reaches the partner. */
  readonly repeatAt?: number | undefined;
}

export const NOTHING_SENT: SendBuffer = {
  waiting: [],
  last: 0,
  again: 0,
  repeats: 0,
  recovering: false,
};

/** Whether one more line may wait. */
export function hasRoom({ waiting }: SendBuffer): boolean {
  return waiting.filter(({ type }) => type === "chat").length < MOST_WAITING;
}

/** Numbers `message`, which waits from now on. */
export function add<Kind extends Numbered>(buffer: SendBuffer, message: Kind): [SendBuffer, Kind] {
  const last = buffer.last + 1;
  const numbered = { ...message, n: last };
  return [{ ...buffer, waiting: [...buffer.waiting, numbered], last }, numbered];
}

/** Plans the next repeat, because the message that was added was said just now. */
export function said(buffer: SendBuffer, now: number): SendBuffer {
  const planned = buffer.waiting.length === 0 || buffer.repeatAt !== undefined;
  return planned ? buffer : { ...buffer, repeatAt: now + pauseAfter(buffer.repeats) };
}

/**
 * What was said before may be lost: names everything that waits, to be said again now. But when that was done a moment
 * ago, nothing: then the oldest is planned, and those after it follow one by one.
 */
export function allAgain(buffer: SendBuffer, now: number): [SendBuffer, readonly Numbered[]] {
  if (buffer.allAgainAt !== undefined && now < buffer.allAgainAt + ALL_AGAIN_MS) {
    return [said({ ...paused(buffer), recovering: true }, now), []];
  }
  const after = { ...paused(buffer), again: buffer.last, recovering: false, allAgainAt: now };
  return [said(after, now), buffer.waiting];
}

/** Plans no repeat, because nothing reaches the partner. */
export function paused(buffer: SendBuffer): SendBuffer {
  return { ...buffer, repeats: 0, repeatAt: undefined };
}

/**
 * Takes out everything up to `n` and names it, and what is to be said again at once: after a repeat the next oldest,
 * for else one lost line would cost seconds for each line after it. A number that makes no sense acknowledges nothing.
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
  const after = said(paused({ ...buffer, waiting, again, recovering: next !== undefined }), now);
  return next ? [after, acknowledged, next] : [after, acknowledged];
}

/** Names the oldest when it is time to say it again. */
export function repeat(buffer: SendBuffer, now: number): [SendBuffer, Numbered | undefined] {
  const [oldest] = buffer.waiting;
  if (!oldest || buffer.repeatAt === undefined || now < buffer.repeatAt) return [buffer, undefined];
  const repeats = buffer.repeats + 1;
  const again = Math.max(buffer.again, oldest.n);
  return [{ ...buffer, again, repeats, recovering: true, repeatAt: now + pauseAfter(repeats) }, oldest];
}

/**
 * The gateway refuses the line of this id. One that was said once has not arrived, and neither has what was said
 * after it, which moves up by one number. What was said more often may have arrived all the same: then undefined.
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
