// How large my picture is sent. Pure.

/** How my picture is sent: so many times narrower and lower than it is, bits and pictures a second at most. */
export interface VideoEncoding {
  scaleDownBy: number;
  /** No side is sent with more pixels than this, whatever the camera gives. */
  longest?: number;
  maxBitrate: number;
  maxFramerate: number;
  /** Nothing of it: the sound has the whole way for itself. */
  paused?: boolean;
  /** Where not everything passes: sharpness is given up before movement. */
  motion?: boolean;
}

/** Of a picture whose size is not known yet: no camera gives much more. */
const LARGEST = 3840;

/** A `MediaStreamTrack`. */
export interface Sized {
  getSettings(): { width?: number; height?: number };
}

/** So many times smaller that none of `tracks`, whichever is being sent, has a side longer than it may have. */
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
