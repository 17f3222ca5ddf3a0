// The bitrate ladders. Each rung needs about half of the rung above it.

import type { VideoEncoding } from "./encoding";

export interface Rung {
  /** The short side of the picture in pixels. */
  height: number;
  framerate: number;
  /** Bits per second at most. 0 means sound only. */
  bitrate: number;
  /** Keeps movement smooth at the cost of sharpness. */
  motion?: boolean;
}

export type Ladder = readonly [Rung, ...Rung[]];

/** A rung can be held with this share of its bitrate. */
const ENOUGH = 0.6;

const LEAST = 90_000;
const SOUND: Rung = { height: 180, framerate: 10, bitrate: 0 };

export const CLEAR: Ladder = [
  { height: 720, framerate: 30, bitrate: 1_700_000 },
  { height: 540, framerate: 30, bitrate: 900_000 },
  { height: 360, framerate: 24, bitrate: 450_000 },
  { height: 240, framerate: 15, bitrate: 200_000 },
  { height: 180, framerate: 10, bitrate: LEAST },
  SOUND,
];

/** Signs are read from movement. There is no rung without a picture, because sound is of no use here. */
export const SIGNING: Ladder = [
  { height: 720, framerate: 60, bitrate: 2_500_000, motion: true },
  { height: 540, framerate: 30, bitrate: 1_000_000, motion: true },
  { height: 360, framerate: 30, bitrate: 500_000, motion: true },
  { height: 240, framerate: 30, bitrate: 250_000, motion: true },
  { height: 180, framerate: 25, bitrate: 130_000, motion: true },
  { height: 144, framerate: 20, bitrate: 80_000, motion: true },
];

/** Returns the bits per second that `rung` needs. */
export function neededBitrate({ bitrate }: Rung): number {
  return bitrate * ENOUGH;
}

/** `shortSide` is that of the camera's picture in pixels, or 0 if unknown. */
export function encodingOf(
  { height, framerate, bitrate, motion = false }: Rung,
  shortSide: number,
): VideoEncoding {
  return {
    scaleDownBy: Math.max(1, shortSide / height),
    maxBitrate: bitrate || LEAST, // must not be 0, even if the picture is paused
    maxFramerate: framerate,
    ...(bitrate ? {} : { paused: true }),
    ...(motion ? { motion } : {}),
  };
}
