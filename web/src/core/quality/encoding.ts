// How my picture is encoded. Pure.

/** How my picture is sent. `maxBitrate` is in bits per second. */
export interface VideoEncoding {
  scaleDownBy: number;
  /** The most pixels that a side may have, whatever the camera gives. */
  longest?: number;
  maxBitrate: number;
  maxFramerate: number;
  /** No picture is sent, so that sound gets the whole connection. */
  paused?: boolean;
  /** Keeps movement smooth at the cost of sharpness. */
  motion?: boolean;
}

/** Stands for a size that is not known yet. No camera gives much more. */
const LARGEST = 3840;

/** The part of a `MediaStreamTrack` that is needed here. */
export interface Sized {
  getSettings(): { width?: number; height?: number };
}

/** Returns the scale at which no side of any of `tracks` is longer than allowed. */
export function scaleOf(
  { scaleDownBy, longest }: VideoEncoding,
  ...tracks: (Sized | null | undefined)[]
): number {
  if (longest === undefined) return scaleDownBy;
  return Math.max(scaleDownBy, ...tracks.map((track) => longerSideOf(track) / longest));
}

function longerSideOf(track: Sized | null | undefined): number {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? Math.max(width, height) : LARGEST;
}
