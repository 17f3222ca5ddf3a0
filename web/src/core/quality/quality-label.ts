// Names the quality of the connection in one word, from both directions, and changes it slowly enough to be
// read. Pure.

import type { LadderState } from "./adaptation";
import type { Ladder } from "./ladder";
import type { Sample } from "./statistics";

/** From best to worst. "sound": one side sends no picture, because the connection is too weak. */
const ORDER = ["good", "fair", "weak", "sound"] as const;
export type QualityLabel = (typeof ORDER)[number];

export interface QualityVerdict {
  word: QualityLabel | undefined;
  /** The stranger's sound arrives, but no picture. */
  onlyHeard: boolean;
  /** Sound or pictures of the stranger have just arrived. */
  arrives: boolean;
}

export interface LabelState extends QualityVerdict {
  /** The label that the last sample asks for, and since when. */
  next: QualityLabel | undefined;
  nextSince: number;
  /** When sound began to arrive without a picture. */
  unseenSince: number | undefined;
  /** When the stranger's picture last froze. */
  frozeAt: number;
}

export const UNSEEN_MS = 4_000;
export const WORSE_MS = 2_000;
export const BETTER_MS = 5_000;
const FROZEN_MS = 5_000;
/** Packets of sound per second. Fewer mean that the connection is gone, not weak. */
const HEARD = 10;
const LOSS = { weak: 0.1, fair: 0.04 };
/** Round trips in seconds. Above these, people interrupt each other. */
const SLOW = { weak: 0.8, fair: 0.4 };

export function initialLabel(now: number): LabelState {
  return {
    word: undefined,
    onlyHeard: false,
    arrives: false,
    next: undefined,
    nextSince: now,
    unseenSince: undefined,
    frozeAt: Number.NEGATIVE_INFINITY,
  };
}

export function updateLabel(
  before: LabelState,
  sample: Sample,
  quality: LadderState,
  ladder: Ladder,
  now: number,
): LabelState {
  const unseen = sample.frames === 0 && sample.soundPackets >= HEARD;
  const unseenSince = unseen ? (before.unseenSince ?? now) : undefined;
  const onlyHeard = unseenSince !== undefined && now - unseenSince >= UNSEEN_MS;
  const frozeAt = sample.freezes > 0 ? now : before.frozeAt;
  const arrives = (sample.frames ?? 0) > 0 || sample.soundPackets >= HEARD;
  const looked = { ...before, unseenSince, onlyHeard, arrives, frozeAt };
  const sending = ladder[quality.rung]?.bitrate ?? 0;
  const paused = sample.frames !== undefined && sending === 0;
  const picture = sample.frames === undefined ? "good" : labelOfRung(quality.rung, ladder);
  const frozen = now - frozeAt < FROZEN_MS ? "fair" : "good";
  const word = onlyHeard || paused ? "sound" : worst(picture, frozen, labelOfSample(sample));
  return changeSlowly(looked, word, now);
}

/** Changes the label only after some time: sooner to a worse one than to a better one. */
function changeSlowly(before: LabelState, next: QualityLabel, now: number): LabelState {
  const nextSince = next === before.next ? before.nextSince : now;
  const worse = before.word !== undefined && ORDER.indexOf(next) > ORDER.indexOf(before.word);
  const held = now - nextSince >= (worse ? WORSE_MS : BETTER_MS);
  // Visitors see at once whether there is a picture, so this change needs no delay.
  const plain = before.word === undefined || next === "sound" || before.word === "sound";
  const word = plain || held ? next : before.word;
  return { ...before, next, nextSince, word };
}

/** The upper half of the ladder is as good as most cameras. The lowest rung hardly shows a face. */
export function labelOfRung(rung: number, ladder: Ladder): QualityLabel {
  if (rung * 2 < ladder.length - 2) return "good";
  return rung < ladder.length - 2 ? "fair" : "weak";
}

function labelOfSample({ outgoingLoss = 0, incomingLoss = 0, roundTrip = 0 }: Sample): QualityLabel {
  const loss = Math.max(outgoingLoss, incomingLoss);
  if (loss >= LOSS.weak || roundTrip >= SLOW.weak) return "weak";
  return loss >= LOSS.fair || roundTrip >= SLOW.fair ? "fair" : "good";
}

function worst(...labels: QualityLabel[]): QualityLabel {
  return labels.reduce((worse, label) => (ORDER.indexOf(label) > ORDER.indexOf(worse) ? label : worse));
}
