// How large my picture is sent. Pure.

import type { Shape } from "./peer";

/** Of a picture whose size is not known yet: no camera gives much more. */
const LARGEST = 3840;

export type Sized = Pick<MediaStreamTrack, "getSettings">;

/** So many times smaller that none of `tracks`, whichever is being sent, has a side longer than it may have. */
export function scaleOf({ scaleDownBy, longest }: Shape, ...tracks: (Sized | null | undefined)[]): number {
  if (longest === undefined) return scaleDownBy;
  return Math.max(scaleDownBy, ...tracks.map((track) => longerSideOf(track) / longest));
}

function longerSideOf(track: Sized | null | undefined): number {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? Math.max(width, height) : LARGEST;
}
