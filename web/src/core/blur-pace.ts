// How many pictures a device blurs in a second, and when it is too slow for it. Pure.

/** The part of one core that may be used. */
const SHARE = 0.6;
/** The shortest time between two pictures: more than 25 in a second are not worth it. */
const SHORTEST_MS = 40;
/** A device that needs longer for a picture shows fewer than seven in a second. */
const LONGEST_MS = 90;
/** The first pictures compile what later ones reuse. */
const WARM = 5;
/** A device is too slow if half of so many pictures in a row, over so long, took too long. */
const PICTURES = 15;
const PATIENCE_MS = 5_000;

export interface BlurPace {
  /** How many pictures were made. */
  made: number;
  /** When the next picture may begin, in milliseconds. */
  dueAt: number;
  /** What the last pictures cost, in milliseconds, and when they were done. */
  recent: readonly { cost: number; at: number }[];
}

export const FRESH_PACE: BlurPace = { made: 0, dueAt: 0, recent: [] };

/** Returns whether a picture that comes now is blurred. Otherwise it is left out. */
export function isDue({ dueAt }: BlurPace, now: number): boolean {
  return now >= dueAt;
}

/** A picture is done now. It took `cost` milliseconds. */
export function paced({ made, recent }: BlurPace, cost: number, now: number): BlurPace {
  const dueAt = now - cost + Math.max(SHORTEST_MS, cost / SHARE);
  const counted = made < WARM ? [] : [...recent, { cost, at: now }];
  const enough = counted.findLastIndex(({ at }) => now - at >= PATIENCE_MS);
  const start = Math.max(0, Math.min(enough, counted.length - PICTURES));
  return { made: made + 1, dueAt, recent: counted.slice(start) };
}

/** Returns whether this device has been too slow for some time, and not only busy for a moment. */
export function isTooSlow({ recent }: BlurPace): boolean {
  const [first] = recent;
  const last = recent.at(-1);
  if (!first || !last || recent.length < PICTURES || last.at - first.at < PATIENCE_MS) return false;
  return recent.filter(({ cost }) => cost > LONGEST_MS).length > recent.length / 2;
}
