// Chooses the rung of the ladder on which my picture is sent: down at once, up slowly, and each step up is on
// trial. Pure.

import { type Ladder, neededBitrate, type Rung } from "./ladder";
import type { Sample } from "./statistics";

export interface LadderState {
  rung: number;
  /** When the rung last changed. */
  since: number;
  /** The last change was a step up. */
  climbed: boolean;
  /** How many samples in a row ask for a lower rung, and how many show an overloaded device. */
  bad: number;
  strained: number;
  /** When the connection became good enough for a higher rung. */
  goodSince: number | undefined;
  /** The rung that last failed after a step up, and when it may be tried again. */
  ceiling: number;
  retryAt: number;
  penalty: number;
  /** The shortest round trip so far, in seconds. */
  quickest: number;
}

/** Measurements this soon after a change still describe the time before it. */
export const SETTLE_MS = 3_000;
/** Damage by a step up shows at once and must be short. */
const TRIAL_SETTLE_MS = 1_000;
/**
 * How long a step up must hold before the next one, and how long the connection must be good before the
 * first.
 */
export const TRIAL_MS = 8_000;
export const PATIENCE_MS = 6_000;
/**
 * A rung that holds this long is stable. A failed rung is retried after this penalty, which doubles each
 * time.
 */
const HOLD_MS = 60_000;
const PENALTY_MS = 12_000;
export const MAX_PENALTY_MS = 96_000;
/** This many samples in a row count, because one may be chance. A device must be overloaded for longer. */
const BAD = 2;
const STRAINED = 5;

const LOSS = { good: 0.03, bad: 0.1, terrible: 0.3 };
/** Extra seconds of the round trip, which mean that packets wait in a queue. */
const QUEUED = { good: 0.2, bad: 0.5 };
/** Above this share of the available bitrate, the network is the limit and not the picture. */
const FULL = 0.7;

export function initialState(now: number): LadderState {
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

/** Takes a sample about once a second. `now` is in monotonic milliseconds. */
export function adapt(before: LadderState, sample: Sample, ladder: Ladder, now: number): LadderState {
  const quality = count(before, sample, ladder, now);
  const [first] = ladder;
  const here = ladder[quality.rung] ?? first;
  if (isHeavyLoss(sample) && isSettled(quality, now))
    return down(quality, twoRungsDown(quality.rung, ladder), ladder, now);
  if (quality.bad >= BAD || quality.strained >= STRAINED) {
    const lower = fittingRung(sample, here, ladder, quality.rung + 1);
    return down(quality, lower, ladder, now);
  }
  return mayClimb(quality, now) ? up(quality, now) : quality;
}

function count(before: LadderState, sample: Sample, ladder: Ladder, now: number): LadderState {
  const [first] = ladder;
  const here = ladder[before.rung] ?? first;
  const quickest = Math.min(before.quickest, sample.roundTrip ?? Number.POSITIVE_INFINITY);
  const looked = { ...before, quickest };
  const isBad = isSettled(looked, now) && (isCongested(looked, sample) || isStarved(sample, here));
  const isStrained = here.bitrate > 0 && sample.limitedBy === "cpu";
  const isGood = !isBad && !isStrained && isClear(looked, sample, here);
  return {
    ...looked,
    bad: isBad ? before.bad + 1 : 0,
    strained: isStrained ? before.strained + 1 : 0,
    goodSince: isGood ? (before.goodSince ?? now) : undefined,
  };
}

function isSettled({ since, climbed }: LadderState, now: number): boolean {
  return now - since >= (climbed ? TRIAL_SETTLE_MS : SETTLE_MS);
}

function isHeavyLoss({ outgoingLoss = 0 }: Sample): boolean {
  return outgoingLoss >= LOSS.terrible;
}

function isCongested({ quickest }: LadderState, { outgoingLoss = 0, roundTrip = 0 }: Sample): boolean {
  return outgoingLoss >= LOSS.bad || roundTrip - quickest >= QUEUED.bad;
}

/** Returns whether the network allows less than this rung needs, and all of it is used. */
function isStarved({ available, sent }: Sample, rung: Rung): boolean {
  return available !== undefined && available < neededBitrate(rung) && sent > available * FULL;
}

function isClear({ quickest }: LadderState, sample: Sample, rung: Rung): boolean {
  const { outgoingLoss = 0, roundTrip = 0, available, sent } = sample;
  if (outgoingLoss > LOSS.good || roundTrip - quickest > QUEUED.good) return false;
  // The estimate follows what is sent, so it need not be high enough before a step up.
  return available === undefined || available >= rung.bitrate || sent < available * FULL;
}

/** Returns the next rung that fits, from `lowest` down. */
function fittingRung({ available }: Sample, here: Rung, ladder: Ladder, lowest: number): number {
  if (available === undefined || available >= neededBitrate(here)) return lowest;
  const fits = ladder.findIndex((rung, place) => place >= lowest && neededBitrate(rung) <= available);
  return fits === -1 ? ladder.length - 1 : fits;
}

/** Returns the rung two steps down, but not past the last one with a picture. */
function twoRungsDown(rung: number, ladder: Ladder): number {
  const lastPicture = ladder.findLastIndex(({ bitrate }) => bitrate > 0);
  return Math.max(rung + 1, Math.min(rung + 2, lastPicture));
}

function down(quality: LadderState, rung: number, ladder: Ladder, now: number): LadderState {
  const lower = Math.min(rung, ladder.length - 1);
  const blank = { ...quality, bad: 0, strained: 0, goodSince: undefined };
  if (lower === quality.rung) return blank;
  return { ...blank, ...learnFromFailure(quality, now), rung: lower, since: now, climbed: false };
}

/** Learns from a step up that failed. After one that was stable, the network has changed. */
function learnFromFailure(
  { climbed, since, rung, ceiling, penalty }: LadderState,
  now: number,
): Partial<LadderState> {
  if (!climbed) return {};
  if (now - since >= HOLD_MS) return { ceiling: -1, penalty: PENALTY_MS };
  const longer = rung === ceiling ? Math.min(MAX_PENALTY_MS, penalty * 2) : PENALTY_MS;
  return { ceiling: rung, penalty: longer, retryAt: now + longer };
}

function mayClimb({ rung, climbed, since, goodSince, ceiling, retryAt }: LadderState, now: number): boolean {
  if (rung === 0 || goodSince === undefined || now - goodSince < PATIENCE_MS) return false;
  if (climbed && now - since < TRIAL_MS) return false;
  return rung - 1 > ceiling || now >= retryAt;
}

function up(quality: LadderState, now: number): LadderState {
  return { ...quality, rung: quality.rung - 1, since: now, climbed: true, goodSince: undefined };
}
