// Decides what is visible through the curtain of a video call, and when it lifts by itself. Pure.

import type { Curtain } from "../http.generated";
import type { Lifted } from "./call/state";
import type { CheckState, Verdict } from "./check-policy";
import type { VideoEncoding } from "./quality/encoding";

/**
 * How my picture is sent while the curtain is down: it shows only a presence, light and movement. The bitrate
 * is not limited, because a connection that was measured with few bits would show a clear picture only
 * seconds after both have lifted.
 */
export const COARSE: VideoEncoding = { scaleDownBy: 1, longest: 40, maxBitrate: 1_700_000, maxFramerate: 8 };

/**
 * A picture with a longer side than this is not coarse. It is larger than what is sent, because encoders
 * round.
 */
export const LONGEST_COARSE = 64;

/** What this device found in the two pictures. `theirs` is known only for a picture that is not coarse. */
export interface Checked {
  state: CheckState;
  mine: Verdict;
  theirs: Verdict;
}

/** The check is off. */
export const UNCHECKED: Checked = { state: "off", mine: "unknown", theirs: "unknown" };

/** What is shown of the stranger: the coarse picture, nothing, or everything. */
export type Shows = "coarse" | "hidden" | "clear";

export interface Situation {
  mode: Curtain;
  lifted: Lifted;
  checked: Checked;
  /** The longer side of the stranger's picture in pixels, or 0 before the first one. */
  longest: number;
  /** What was shown so far. A new match begins coarse. */
  before: Shows;
}

export interface Decision {
  shows: Shows;
  /** Both have lifted and both know it, so my picture is sent clearly. */
  open: boolean;
  /** My curtain lifts by itself now. */
  lifts: boolean;
}

export function decide(situation: Situation): Decision {
  const { lifted, longest } = situation;
  const open = lifted.told && lifted.theirs;
  const lifts = !lifted.mine && liftsByItself(situation);
  if (open) return { shows: mayShowStranger(situation) ? "clear" : "coarse", open, lifts };
  // Our page never sends more while the curtain is down, so this picture is not shown.
  return { shows: longest > LONGEST_COARSE ? "hidden" : "coarse", open, lifts };
}

function liftsByItself({ mode, checked }: Situation): boolean {
  return mode === "off" || (mode === "auto" && checked.state === "ready" && checked.mine === "fine");
}

/** Returns whether the stranger is shown once both have lifted. What was shown once stays. */
function mayShowStranger({ mode, lifted, checked, before }: Situation): boolean {
  if (mode === "off" || lifted.asked || before === "clear") return true;
  return mode === "auto" && checked.state === "ready" && checked.theirs === "fine";
}

/** Names what the curtain waits for. */
export type Waits = "both" | "me" | "them" | "way" | "check";

export function waitsFor({ mine, told, theirs }: Lifted): Waits {
  if (mine && !told) return "way";
  if (mine) return theirs ? "check" : "them";
  return theirs ? "me" : "both";
}
