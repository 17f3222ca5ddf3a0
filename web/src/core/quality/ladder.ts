// The rungs on which my picture is sent: each for about half of what the one above it needs.

import type { VideoEncoding } from "./encoding";

export interface Rung {
  /** Of the short side of the picture, in pixels. */
  height: number;
  framerate: number;
  /** Bits a second at most; 0: no picture, only sound. */
  bitrate: number;
  /** Sharpness is given up before movement. */
  motion?: boolean;
}

export type Ladder = readonly [Rung, ...Rung[]];

/** A part of what a rung may take is enough to stay on it. */
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

/** Hands are read from their movement. There is no rung without a picture: sound would say nothing here. */
export const SIGNING: Ladder = [
  { height: 720, framerate: 60, bitrate: 2_500_000, motion: true },
  { height: 540, framerate: 30, bitrate: 1_000_000, motion: true },
  { height: 360, framerate: 30, bitrate: 500_000, motion: true },
  { height: 240, framerate: 30, bitrate: 250_000, motion: true },
  { height: 180, framerate: 25, bitrate: 130_000, motion: true },
  { height: 144, framerate: 20, bitrate: 80_000, motion: true },
];

/** Bits a second without which `rung` cannot be held. */
export function need({ bitrate }: Rung): number {
  return bitrate * ENOUGH;
}

/** `shortSide`: of what the camera gives, in pixels; 0 where that is not known. */
export function encodingOf(
  { height, framerate, bitrate, motion = false }: Rung,
  shortSide: number,
): VideoEncoding {
  return {
    scaleDownBy: Math.max(1, shortSide / height),
    maxBitrate: bitrate || LEAST, // of a picture that is paused, but may not be 0
    maxFramerate: framerate,
    ...(bitrate ? {} : { paused: true }),
    ...(motion ? { motion } : {}),
  };
}
