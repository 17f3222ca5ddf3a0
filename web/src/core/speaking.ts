// Decides from the loudness of a voice whether somebody speaks, so that a sign of it does not flicker. Pure.

export interface Speaking {
  speaks: boolean;
  /** When the voice became loud without a break, and when it was last heard. Monotonic milliseconds. */
  loudSince: number | undefined;
  heardAt: number;
}

/** Speech is louder than `START` (0…1) soon. Who speaks already is heard down to `KEEP`. */
const START = 0.03;
const KEEP = 0.012;
/** A click is shorter than any word. */
export const RISE_MS = 150;
/** The pauses between words are shorter. */
export const FALL_MS = 900;

export const SILENT: Speaking = { speaks: false, loudSince: undefined, heardAt: Number.NEGATIVE_INFINITY };

/** Takes a level (0…1) several times a second. */
export function listen(before: Speaking, level: number, now: number): Speaking {
  const loud = level >= (before.speaks ? KEEP : START);
  const loudSince = loud ? (before.loudSince ?? now) : undefined;
  const heardAt = loud ? now : before.heardAt;
  const begins = loudSince !== undefined && now - loudSince >= RISE_MS;
  const speaks = begins || (before.speaks && now - heardAt < FALL_MS);
  return { speaks, loudSince, heardAt };
}
