// What scores come to, and when to look again. Pure: milliseconds are those of a clock that never goes back.

/** `idle`: nobody has been met yet. `weak`: the device is too slow. `failed`: it did not load. */
export type CheckState = "idle" | "loading" | "ready" | "weak" | "failed" | "off";

export type Verdict = "unknown" | "fine" | "bad";

/** One such score may be a mistake, two in a row are believed. */
const HIGH = 0.7;
/** A single one is believed. */
const VERY_HIGH = 0.9;
/** Only what stays below this for so long is fine again: else a picture would flicker. */
const LOW = 0.4;
const CALM_MS = 5_000;

export interface Assessment {
  verdict: Verdict;
  /** How many scores in a row were high. */
  high: number;
  /** Since when all of them have been low. */
  lowSince?: number;
}

export const UNKNOWN: Assessment = { verdict: "unknown", high: 0 };

/** Something else may be seen by now: nothing is fine until it is looked at, and what was bad is bad until then. */
export function invalidated({ verdict }: Assessment): Assessment {
  return verdict === "bad" ? { verdict, high: 0 } : UNKNOWN;
}

/** With one more score, from 0 to 1, that was found at `now`. */
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

/** Of one core. What a look costs beside the model itself is in the rest of the eight percent. */
const SHARE = 0.06;
/** Nobody undresses faster than that, and batteries are small. */
const SHORTEST_MS = 500;
/** A picture that is looked at more seldom is not watched at all. */
const LONGEST_MS = 5_000;
/** So many looks in a row tell how fast the device is: one alone may have had to wait for something else. */
const RECENT = 10;

export interface Pace {
  /** Milliseconds of the last looks. */
  recent: readonly number[];
  /** Before this moment the share is used up. */
  free: number;
}

/** Whether a device to which a look costs so much is too slow to watch pictures. */
export function isWeak(cost: number): boolean {
  return cost / SHARE > LONGEST_MS;
}

/** Whether it has become too slow: even the quickest of the last looks cost too much. */
export function hasBecomeWeak({ recent }: Pace): boolean {
  return recent.length === RECENT && isWeak(Math.min(...recent));
}

/** After a look that cost so much and ended at `now`. What is busy with other things is left in peace for longer. */
export function after({ recent, free }: Pace, cost: number, now: number): Pace {
  const pause = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, cost / SHARE));
  return { recent: [...recent, cost].slice(-RECENT), free: Math.max(free, now - cost) + pause };
}

export type Side = "theirs" | "mine";

export interface Seen {
  /** There is a picture to look at. */
  there: boolean;
  assessment: Assessment;
}

/** What is first seen is looked at at once: the share evens out later. But not where many come and go. */
const DEBT_MS = 5_000;

/** How long to wait, and whose picture then is to be looked at; `count` looks came before. */
export function nextLook(
  seen: Record<Side, Seen>,
  { free }: Pace,
  count: number,
  now: number,
): { wait: number; whose: Side } | undefined {
  const wait = Math.max(0, free - now);
  const there = (["theirs", "mine"] as const).filter((whose) => seen[whose].there);
  const fresh = there.find((whose) => seen[whose].assessment === UNKNOWN);
  if (fresh) return { wait: wait > DEBT_MS ? wait - DEBT_MS : 0, whose: fresh };
  const [first, second] = there;
  if (!first) return undefined;
  // I know what I show, so mine is looked at every third time.
  return { wait, whose: second && count % 3 === 2 ? second : first };
}
