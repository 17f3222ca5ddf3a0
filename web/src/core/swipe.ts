// A finger that swipes over the picture means Next. Pure. Lengths are in pixels, times in milliseconds.

export interface Finger {
  x: number;
  y: number;
  at: number;
}

/** What a swipe needs to know of the page. */
export interface Screen {
  /** The width of the picture, and of the window. */
  stage: number;
  window: number;
  rightToLeft: boolean;
}

/** Here the system's own gesture for Back begins. */
const EDGE = 24;
/** A finger that has moved less may still go anywhere. */
const SLOP = 12;
/** The share of the picture's width that a swipe crosses. */
const FAR = 1 / 3;
/** Who takes longer than this hesitates. */
const QUICK_MS = 800;
/** A swipe goes at least this much further to the side than up or down. */
const FLAT = 2;

/** Returns whether a swipe may begin here. */
export function maySwipe({ x }: Finger, screen: Screen): boolean {
  return x >= EDGE && x <= screen.window - EDGE;
}

/** Returns how much of a swipe is done (0…1), or undefined if this is none any more. */
export function swiped(from: Finger, to: Finger, screen: Screen): number | undefined {
  const aside = (to.x - from.x) * (screen.rightToLeft ? 1 : -1);
  const updown = Math.abs(to.y - from.y);
  if (Math.max(Math.abs(aside), updown) < SLOP) return 0;
  if (aside < FLAT * updown || to.at - from.at > QUICK_MS) return undefined;
  return Math.min(1, aside / (screen.stage * FAR));
}
