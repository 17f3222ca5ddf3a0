// The captions of a stranger, as they are shown: in order, each line in its latest form, and for a while. Pure.

import type { Caption } from "./caption";

/** So many lines can still change. */
const MOST_LINES = 6;
/** So many are shown at a time, so that they cover no face. */
const MOST_SHOWN = 2;
/** A line is shown for so long after its last change. */
const SHOWN_MS = 8_000;
/** A page that sends more is not read further: no one speaks so fast. */
const PER_SECOND = 15;
const BURST = 30;

export interface CaptionLine extends Caption {
  /** In monotonic milliseconds. */
  changed: number;
}

/** Returns the lines with this caption. A final line never changes, and a number that was left out never comes. */
export function takeCaption(
  lines: readonly CaptionLine[],
  caption: Caption,
  now: number,
): readonly CaptionLine[] {
  const line = { ...caption, changed: now };
  const before = lines.find(({ n }) => n === caption.n);
  if (before) return before.final ? lines : lines.map((one) => (one === before ? line : one));
  const newest = lines.at(-1)?.n ?? 0;
  return caption.n > newest ? [...lines, line].slice(-MOST_LINES) : lines;
}

export function shownLines(lines: readonly CaptionLine[], now: number): readonly CaptionLine[] {
  return lines.slice(-MOST_SHOWN).filter(({ changed }) => now - changed < SHOWN_MS);
}

/** Returns when the next line must disappear, in monotonic milliseconds. */
export function nextEnd(lines: readonly CaptionLine[], now: number): number | undefined {
  const ends = shownLines(lines, now).map(({ changed }) => changed + SHOWN_MS);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

/** Says how many captions of a stranger are read. */
export class CaptionRate {
  private tokens = BURST;
  private last = Number.NEGATIVE_INFINITY;

  /** `now` is in monotonic milliseconds. */
  mayTake(now: number): boolean {
    this.tokens = Math.min(BURST, this.tokens + ((now - this.last) * PER_SECOND) / 1_000);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
