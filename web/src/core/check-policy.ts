// Turns scores into verdicts, and decides when to check again. Pure. All times are monotonic milliseconds.

/** `idle`: not needed yet. `weak`: the device is too slow now. `failed`: the check could not be loaded. */
export type CheckState = "idle" | "loading" | "ready" | "weak" | "failed" | "off";

/** `doubted`: it was fine, but its size or its track has changed, so it is not shown before the next look. */
export type Verdict = "unknown" | "fine" | "doubted" | "bad";

export type Side = "theirs" | "mine";

/** One such score may be a mistake. Two in a row count. */
const HIGH = 0.7;
/** One such score counts. */
const VERY_HIGH = 0.9;
/** A bad picture is fine again only after it stays below this for some time. Otherwise it would flicker. */
const LOW = 0.4;
const CALM_MS = 5_000;

/**
 * A picture is fine only after looks this far apart. A sender who wants to get past the check can show a good
 * picture first. Visitors do not hide anything from their own check. Looks come every half second, give or take.
 */
const APART_MS: Record<Side, number> = { theirs: 400, mine: 0 };
/** A picture is looked at closely until it has been fine for this long. */
const CLOSE_MS = 10_000;

export interface Assessment {
  verdict: Verdict;
  /** How many scores in a row were high. */
  high: number;
  /** The picture must be looked at now. */
  due?: boolean;
  /** When the scores became low. */
  lowSince?: number;
  /** When the picture became fine. */
  fineSince?: number;
  /** The size of the picture, and the sizes in which it was looked at. */
  size?: string;
  sizes?: readonly string[];
}

export const UNKNOWN: Assessment = { verdict: "unknown", high: 0, due: true };

/**
 * The picture may have changed. Nothing is fine until it is checked again, and what was bad stays bad until
 * then.
 */
export function invalidated({ verdict }: Assessment): Assessment {
  return verdict === "bad" ? { verdict, high: 0 } : UNKNOWN;
}

/** Another track is shown, so everything that is known about the picture is about another one. */
export function replaced({ verdict, size }: Assessment): Assessment {
  const nothing = { high: 0, due: true, ...(size ? { size } : {}) };
  return { ...nothing, verdict: verdict === "fine" ? "doubted" : verdict };
}

/**
 * The picture has this size from now on. Undefined: it is so small that it is blurred and not looked at. A
 * slow network changes the size often, so a size that was looked at before is shown meanwhile.
 */
export function resized(before: Assessment, size: string | undefined): Assessment {
  const { size: _, sizes: seen = [], ...rest } = before;
  const sizes = size === undefined ? [] : seen;
  const known = size !== undefined && sizes.includes(size);
  const verdict = before.verdict === "fine" && !known ? "doubted" : before.verdict;
  return { ...rest, verdict, due: true, sizes, ...(size ? { size } : {}) };
}

/** Adds one score from 0 to 1, found at `now`. */
export function judge(before: Assessment, score: number, side: Side, now: number): Assessment {
  const high = score >= HIGH ? before.high + 1 : 0;
  const { due: _, lowSince, ...looked } = { ...before, high };
  if (score >= VERY_HIGH || high > 1) return { ...looked, verdict: "bad" };
  if (high > 0 || (before.verdict === "bad" && score >= LOW)) return looked;
  const since = lowSince ?? now;
  return settled({ ...looked, lowSince: since }, now - since, side, now);
}

/** Takes a picture whose scores have been low for `low` milliseconds. */
function settled(looked: Assessment, low: number, side: Side, now: number): Assessment {
  const { verdict, size, sizes = [] } = looked;
  const enough = verdict === "fine" || low >= (verdict === "bad" ? CALM_MS : APART_MS[side]);
  if (!enough) return looked;
  const known = size && !sizes.includes(size) ? { sizes: [...sizes, size] } : {};
  return { ...looked, ...known, verdict: "fine", ...(verdict === "fine" ? {} : { fineSince: now }) };
}

/** Returns whether the picture must be looked at as often as possible. */
export function isClose({ verdict, fineSince = 0 }: Assessment, now: number): boolean {
  return verdict === "unknown" || verdict === "doubted" || (verdict === "fine" && now - fineSince < CLOSE_MS);
}

/** The share of one core for the model. Copying the pictures uses the rest of the eight percent. */
const SHARE = 0.06;
const CLOSE_SHARE = 0.5;
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
  /** A picture that is looked at closely is looked at again at this moment, whatever was used before. */
  soonest: number;
}

/** Returns whether a device with this cost for each check is too slow. */
export function isWeak(cost: number): boolean {
  return cost / SHARE > LONGEST_MS;
}

/** Returns whether the device has become too slow: even the fastest of the last checks cost too much. */
export function hasBecomeWeak({ recent }: Pace): boolean {
  return recent.length === RECENT && isWeak(Math.min(...recent));
}

/**
 * Records a check that cost this much and ended at `now`. A busy device gets a longer pause. While a picture is
 * looked at closely, the checks may use half of a core.
 */
export function after({ recent, free }: Pace, cost: number, now: number, close = false): Pace {
  const [began, soon] = [now - cost, pauseAfter(cost, CLOSE_SHARE)];
  return {
    recent: [...recent, cost].slice(-RECENT),
    free: Math.max(free, began) + (close ? soon : pauseAfter(cost, SHARE)),
    soonest: began + soon,
  };
}

function pauseAfter(cost: number, share: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, cost / share));
}

export interface Seen {
  /** Whether there is a picture to check. */
  there: boolean;
  assessment: Assessment;
}

/**
 * A new picture is checked at once, and the share evens out later. This bounds it when many come and go, or
 * when one changes all the time. It never delays a close look, or a sender could use it up first.
 */
const DEBT_MS = 5_000;

/** Returns how long to wait, and whose picture to check then. `count` is the number of checks so far. */
export function nextLook(
  seen: Record<Side, Seen>,
  { free, soonest }: Pace,
  count: number,
  now: number,
): { wait: number; side: Side } | undefined {
  const close = seen.theirs.there && isClose(seen.theirs.assessment, now);
  const wait = Math.max(0, (close ? Math.min(free, soonest) : free) - now);
  const there = (["theirs", "mine"] as const).filter((side) => seen[side].there);
  const due = there.find((side) => seen[side].assessment.due);
  if (due) return { wait: Math.min(wait, Math.max(0, free - now - DEBT_MS)), side: due };
  const [first, second] = there;
  if (!first) return undefined;
  // Visitors know what they show, so my picture is checked every third time, and not while theirs is new.
  return { wait, side: second && count % 3 === 2 && !close ? second : first };
}
