// Decides whether the stranger's picture shows something. Who shows nothing gets no clear picture back, so
// nobody watches others from behind a black or tiny picture. Pure. Times are monotonic milliseconds.

import { LONGEST_BLURRED, LONGEST_COARSE } from "./curtain";

/**
 * `none`: no picture yet. `coarse`: as behind the curtain, or held back. `black`: the camera is off or
 * covered. `preview`: what a page sends to a visitor who shows nothing.
 */
export type Fault = "none" | "coarse" | "black" | "preview";

/** Something may pass in front of a camera, and a picture may need time to become clear. */
const LASTING_MS = 3_000;

export interface PartnerPicture {
  /** The picture shows something, so they may see mine. */
  visible: boolean;
  /** What is wrong now, and since when. */
  fault: Fault | undefined;
  since: number;
  /** What has been wrong for long enough to say it. */
  told: Fault | undefined;
}

export const UNSEEN: PartnerPicture = { visible: false, fault: "none", since: 0, told: undefined };

/** Adds one look. `longest` is the longer side in pixels, or 0 without a picture. */
export function observe(
  before: PartnerPicture,
  longest: number,
  black: boolean,
  now: number,
): PartnerPicture {
  const fault = faultOf(longest, black);
  const since = fault === before.fault ? before.since : now;
  const lasts = now - since >= LASTING_MS;
  // A preview counts, or two pages that begin with previews would wait for each other.
  const fine = fault === undefined || fault === "preview";
  const passing = fault === "black" && longest > LONGEST_COARSE && before.visible && !lasts;
  return { visible: fine || passing, fault, since, told: lasts ? fault : undefined };
}

/** Both have lifted just now. Before that a picture had to be coarse, so this is when its fault begins. */
export function lifted(before: PartnerPicture, now: number): PartnerPicture {
  return before.fault === "coarse" ? { ...before, since: now, told: undefined } : before;
}

function faultOf(longest: number, black: boolean): Fault | undefined {
  if (longest === 0) return "none";
  if (black) return "black";
  if (longest <= LONGEST_COARSE) return "coarse";
  return longest <= LONGEST_BLURRED ? "preview" : undefined;
}
