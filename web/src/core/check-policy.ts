// Turns scores into verdicts, and decides when to check again. Pure. All times are monotonic milliseconds.

/** `idle`: no video call yet. `weak`: the device is too slow. `failed`: the check could not be loaded. */
export type CheckState = "idle" | "loading" | "ready" | "weak" | "failed" | "off";

export type Verdict = "unknown" | "fine" | "bad";

/** One such score may be a mistake. Two in a row count. */
const HIGH = 0.7;
/** One such score counts. */
const VERY_HIGH = 0.9;
/** A bad picture is fine again only after it stays below this for some time. Otherwise it would flicker. */
const LOW = 0.4;
const CALM_MS = 5_000;

export interface Assessment {
  verdict: Verdict;
  /** How many scores in a row were high. */
  high: number;
  /** When the scores became low. */
  lowSince?: number;
}

export const UNKNOWN: Assessment = { verdict: "unknown", high: 0 };

/**
 * The picture may have changed. Nothing is fine until it is checked again, and what was bad stays bad until
 * then.
 */
export function invalidated({ verdict }: Assessment): Assessment {
  return verdict === "bad" ? { verdict, high: 0 } : UNKNOWN;
}

/** Adds one score from 0 to 1, found at `now`. */
export function judge(
  { verdict, high: before, lowSince }: Assessment,
  score: number,
  now: number,
): Assessment {
  const high = score >= HIGH ? before + 1 : 0;
  if (score >= VERY_HIGH || high > 1) return { verdict: "bad", high };
  if (verdict !== "bad") return { verdict: high ? verdict : "fine", high };
  if (score >= LOW) return { verdict, high };
  const since = lowSince ?? now;
  return now - since >= CALM_MS ? { verdict: "fine", high } : { verdict, high, lowSince: since };
}

/** The share of one core for the model. Copying the pictures uses the rest of the eight percent. */
const SHARE = 0.06;
/** Checking more often would only drain the battery. */
const SHORTEST_MS = 500;
/** A picture that is checked less often is not protected. */
const LONGEST_MS = 5_000;
/**
 * This many checks in a row show how fast the device is. One alone may have had to wait for something else.
 */
const RECENT = 10;

export interface Pace {
  /** Milliseconds of the last checks. */
  recent: readonly number[];
  /** The share is used up until this moment. */
  free: number;
}

/** Returns whether a device with this cost for each check is too slow. */
export function isWeak(cost: number): boolean {
  return cost / SHARE > LONGEST_MS;
}

/** Returns whether the device has become too slow: even the fastest of the last checks cost too much. */
export function hasBecomeWeak({ recent }: Pace): boolean {
  return recent.length === RECENT && isWeak(Math.min(...recent));
}

/** Records a check that cost this much and ended at `now`. A busy device gets a longer pause. */
export function after({ recent, free }: Pace, cost: number, now: number): Pace {
  const pause = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, cost / SHARE));
  return { recent: [...recent, cost].slice(-RECENT), free: Math.max(free, now - cost) + pause };
}

export type Side = "theirs" | "mine";

export interface Seen {
  /** Whether there is a picture to check. */
  there: boolean;
  assessment: Assessment;
}

/** A new picture is checked at once, and the share evens out later. This bounds it when many come and go. */
const DEBT_MS = 5_000;

/** Returns how long to wait, and whose picture to check then. `count` is the number of checks so far. */
export function nextLook(
  seen: Record<Side, Seen>,
  { free }: Pace,
  count: number,
  now: number,
): { wait: number; side: Side } | undefined {
  const wait = Math.max(0, free - now);
  const there = (["theirs", "mine"] as const).filter((side) => seen[side].there);
  const fresh = there.find((side) => seen[side].assessment === UNKNOWN);
  if (fresh) return { wait: wait > DEBT_MS ? wait - DEBT_MS : 0, side: fresh };
  const [first, second] = there;
  if (!first) return undefined;
  // Visitors know what they show, so my picture is checked every third time.
  return { wait, side: second && count % 3 === 2 ? second : first };
}
