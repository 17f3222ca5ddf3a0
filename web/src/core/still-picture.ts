// Decides whether the stranger's picture never changed, like a photo that a program sends in place of a camera.
// Pure. Times are monotonic milliseconds.

/** An encoder makes a picture clearer for a while after its size has changed. */
const SETTLE_MS = 5_000;
const STILL_MS = 10_000;
/** A hidden tab looks once a minute, and two looks say little. */
const LOOKS = 8;
/** An encoder changes the values of a still picture by this much. Somebody who breathes changes more. */
const NOISE = 2;

/** Values from 0 to 255 of a few pixels. */
export type Look = ArrayLike<number>;

export interface StillPicture {
  moved: boolean;
  /** The longer side in pixels, and since when. */
  longest: number;
  since: number;
  /** The first and the last look at the settled picture. */
  first: Look | undefined;
  last: number;
  /** How many looks were like the first one of their size, and for how long. */
  looks: number;
  still: number;
}

export const UNCOMPARED: StillPicture = {
  moved: false,
  longest: 0,
  since: 0,
  first: undefined,
  last: 0,
  looks: 0,
  still: 0,
};

/** Adds one look at a clear picture of which new frames have arrived. */
export function compare(before: StillPicture, longest: number, look: Look, now: number): StillPicture {
  if (before.moved) return before;
  if (longest !== before.longest) return { ...before, longest, since: now, first: undefined };
  if (now - before.since < SETTLE_MS) return before;
  if (!before.first) return { ...before, first: look, last: now };
  if (!isLike(look, before.first)) return { ...before, moved: true };
  return { ...before, last: now, looks: before.looks + 1, still: before.still + now - before.last };
}

/** Something else was seen meanwhile, or nothing. */
export function interrupted(before: StillPicture): StillPicture {
  return { ...before, longest: 0, first: undefined };
}

/** Returns whether all looks of a match were the same for long enough. */
export function neverChanged({ moved, looks, still }: StillPicture): boolean {
  return !moved && looks >= LOOKS && still >= STILL_MS;
}

function isLike(look: Look, first: Look): boolean {
  return Array.from(look).every((value, place) => Math.abs(value - (first[place] ?? 0)) <= NOISE);
}
