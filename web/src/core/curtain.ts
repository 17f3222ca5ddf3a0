// What is to be seen through the curtain between two who have met by video, and when it lifts by itself. Pure.

import type { Lifted } from "./call/state";
import type { CheckState, Verdict } from "./check-policy";
import type { VideoEncoding } from "./quality/encoding";

/** When it lifts: by the two of them, by what their devices find, or at once. */
export const CURTAINS = ["always", "auto", "off"] as const;

export type Curtain = (typeof CURTAINS)[number];

/**
 * How my picture leaves this device while the curtain is down: that somebody is there, the light and the
 * movement can be seen in it, and no more. Bits are not held back: so few pixels do not take many, and a
 * connection that was measured with few would show a clear picture only seconds after both have lifted.
 */
export const COARSE: VideoEncoding = { scaleDownBy: 1, longest: 40, maxBitrate: 1_700_000, maxFramerate: 8 };

/** A longer side than this is more than a coarse picture. Encoders round, so it is more than is sent. */
export const LONGEST_COARSE = 64;

/** What this device itself has found in the two pictures; `theirs` only of one that was more than coarse. */
export interface Checked {
  state: CheckState;
  mine: Verdict;
  theirs: Verdict;
}

/** Nothing is looked at on this device. */
export const UNCHECKED: Checked = { state: "off", mine: "unknown", theirs: "unknown" };

/** Of the stranger: the coarse picture, nothing at all, or all that comes. */
export type Shows = "coarse" | "hidden" | "clear";

export interface Situation {
  mode: Curtain;
  lifted: Lifted;
  checked: Checked;
  /** The longer side of what comes from the stranger, in pixels; 0 before the first picture. */
  longest: number;
  /** What was shown until now. A match begins with nobody having lifted, and so never with what came before. */
  before: Shows;
}

export interface Decision {
  shows: Shows;
  /** Both have lifted, and both know it: my picture goes out as it is. */
  open: boolean;
  /** Mine lifts now, by itself. */
  lifts: boolean;
}

export function decide(situation: Situation): Decision {
  const { lifted, longest } = situation;
  const open = lifted.told && lifted.theirs;
  const lifts = !lifted.mine && liftsByItself(situation);
  if (open) return { shows: trusts(situation) ? "clear" : "coarse", open, lifts };
  // The page of who sends more than that is not ours, and what it wants to be seen is not seen.
  return { shows: longest > LONGEST_COARSE ? "hidden" : "coarse", open, lifts };
}

function liftsByItself({ mode, checked }: Situation): boolean {
  return mode === "off" || (mode === "auto" && checked.state === "ready" && checked.mine === "fine");
}

/** Whether the stranger is seen once both have lifted. What was seen once is not taken away again. */
function trusts({ mode, lifted, checked, before }: Situation): boolean {
  if (mode === "off" || lifted.asked || before === "clear") return true;
  return mode === "auto" && checked.state === "ready" && checked.theirs === "fine";
}

/** What the curtain says: who is waited for. */
export type Waits = "both" | "me" | "them" | "way" | "check";

export function waitsFor({ mine, told, theirs }: Lifted): Waits {
  if (mine && !told) return "way";
  if (mine) return theirs ? "check" : "them";
  return theirs ? "me" : "both";
}
