// On which rung of a ladder my picture is sent: down at once, up slowly, and each step up has to prove itself.
// It knows samples and times, no connection.

import { type Ladder, need, type Rung } from "./ladder";
import type { Sample } from "./statistics";

export interface Quality {
  rung: number;
  /** When it was last changed, or began. */
  since: number;
  /** It was a step up. */
  climbed: boolean;
  /** Samples in a row that speak for less, and that show too much work for this device. */
  bad: number;
  strained: number;
  /** Since when nothing has spoken against more. */
  goodSince: number | undefined;
  /** The rung that did not hold when it was climbed last, and when it may be tried again. */
  ceiling: number;
  retryAt: number;
  penalty: number;
  /** The quickest way there and back that was seen, in seconds. */
  quickest: number;
}

/** What is measured so soon after a change still tells of the time before it. */
export const SETTLE_MS = 3_000;
/** What a step up has spoiled is seen at once, and may not last. */
const TRIAL_SETTLE_MS = 1_000;
/** So long each step up has to prove itself before the next, and it has to be good before the first. */
export const TRIAL_MS = 8_000;
export const PATIENCE_MS = 6_000;
/** What holds for so long was no mistake. What does not is tried again after this time, and each time twice that. */
const HOLD_MS = 60_000;
const PENALTY_MS = 12_000;
export const MOST_PENALTY_MS = 96_000;
/** So many samples in a row, for one may be chance; a device is only slow if it is so for longer. */
const BAD = 2;
const STRAINED = 5;

const LOSS = { good: 0.03, bad: 0.1, terrible: 0.3 };
/** Seconds by which the way is longer than it was: packets wait in a queue. */
const QUEUED = { good: 0.2, bad: 0.5 };
/** Who sends so much of what would pass is limited by the network, not by a picture that needs no more. */
const FULL = 0.7;

export function initialState(now: number): Quality {
  return {
    rung: 0,
    since: now,
    climbed: false,
    bad: 0,
    strained: 0,
    goodSince: undefined,
    ceiling: -1,
    retryAt: now,
    penalty: PENALTY_MS,
    quickest: Number.POSITIVE_INFINITY,
  };
}

/** `now` in milliseconds, by a clock that never goes back; samples come about once a second. */
export function adapt(before: Quality, sample: Sample, ladder: Ladder, now: number): Quality {
  const quality = count(before, sample, ladder, now);
  const [first] = ladder;
  const here = ladder[quality.rung] ?? first;
  if (terrible(sample) && settled(quality, now)) return down(quality, far(quality.rung, ladder), ladder, now);
  if (quality.bad >= BAD || quality.strained >= STRAINED) {
    const lower = fitting(sample, here, ladder, quality.rung + 1);
    return down(quality, lower, ladder, now);
  }
  return mayClimb(quality, now) ? up(quality, now) : quality;
}

function count(before: Quality, sample: Sample, ladder: Ladder, now: number): Quality {
  const [first] = ladder;
  const here = ladder[before.rung] ?? first;
  const quickest = Math.min(before.quickest, sample.roundTrip ?? Number.POSITIVE_INFINITY);
  const looked = { ...before, quickest };
  const isBad = settled(looked, now) && (congested(looked, sample) || starved(sample, here));
  const isStrained = here.bitrate > 0 && sample.limitedBy === "cpu";
  const isGood = !isBad && !isStrained && clear(looked, sample, here);
  return {
    ...looked,
    bad: isBad ? before.bad + 1 : 0,
    strained: isStrained ? before.strained + 1 : 0,
    goodSince: isGood ? (before.goodSince ?? now) : undefined,
  };
}

function settled({ since, climbed }: Quality, now: number): boolean {
  return now - since >= (climbed ? TRIAL_SETTLE_MS : SETTLE_MS);
}

function terrible({ outgoingLoss = 0 }: Sample): boolean {
  return outgoingLoss >= LOSS.terrible;
}

function congested({ quickest }: Quality, { outgoingLoss = 0, roundTrip = 0 }: Sample): boolean {
  return outgoingLoss >= LOSS.bad || roundTrip - quickest >= QUEUED.bad;
}

/** Less would pass than this rung needs, and what would pass is used up. */
function starved({ available, sent }: Sample, rung: Rung): boolean {
  return available !== undefined && available < need(rung) && sent > available * FULL;
}

function clear({ quickest }: Quality, sample: Sample, rung: Rung): boolean {
  const { outgoingLoss = 0, roundTrip = 0, available, sent } = sample;
  if (outgoingLoss > LOSS.good || roundTrip - quickest > QUEUED.good) return false;
  // On the way up the estimate follows what is sent, so it need not be there before.
  return available === undefined || available >= rung.bitrate || sent < available * FULL;
}

/** The next rung for which there is enough, from `lowest` down. */
function fitting({ available }: Sample, here: Rung, ladder: Ladder, lowest: number): number {
  if (available === undefined || available >= need(here)) return lowest;
  const fits = ladder.findIndex((rung, place) => place >= lowest && need(rung) <= available);
  return fits === -1 ? ladder.length - 1 : fits;
}

/** Two rungs down, but not past the last that has a picture. */
function far(rung: number, ladder: Ladder): number {
  const lastPicture = ladder.findLastIndex(({ bitrate }) => bitrate > 0);
  return Math.max(rung + 1, Math.min(rung + 2, lastPicture));
}

function down(quality: Quality, rung: number, ladder: Ladder, now: number): Quality {
  const lower = Math.min(rung, ladder.length - 1);
  const blank = { ...quality, bad: 0, strained: 0, goodSince: undefined };
  if (lower === quality.rung) return blank;
  return { ...blank, ...lesson(quality, now), rung: lower, since: now, climbed: false };
}

/** What a step up that did not hold teaches; after one that held, the network is another one. */
function lesson({ climbed, since, rung, ceiling, penalty }: Quality, now: number): Partial<Quality> {
  if (!climbed) return {};
  if (now - since >= HOLD_MS) return { ceiling: -1, penalty: PENALTY_MS };
  const longer = rung === ceiling ? Math.min(MOST_PENALTY_MS, penalty * 2) : PENALTY_MS;
  return { ceiling: rung, penalty: longer, retryAt: now + longer };
}

function mayClimb({ rung, climbed, since, goodSince, ceiling, retryAt }: Quality, now: number): boolean {
  if (rung === 0 || goodSince === undefined || now - goodSince < PATIENCE_MS) return false;
  if (climbed && now - since < TRIAL_MS) return false;
  return rung - 1 > ceiling || now >= retryAt;
}

function up(quality: Quality, now: number): Quality {
  return { ...quality, rung: quality.rung - 1, since: now, climbed: true, goodSince: undefined };
}
