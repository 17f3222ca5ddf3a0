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

/**
 * How my picture is sent to a stranger who lifted the curtain and shows nothing. It is larger than a coarse
 * one, so that two pages that begin like this do not wait for each other.
 */
export const PREVIEW: VideoEncoding = { ...COARSE, longest: 96 };

/** A picture up to this size is always blurred: a coarse one or a preview. Clear ones are larger. */
export const LONGEST_BLURRED = 128;

/** What this device found in the two pictures. `theirs` is known only for a picture that is not coarse. */
export interface Checked {
  state: CheckState;
  mine: Verdict;
  theirs: Verdict;
}

/** The check is off. */
export const UNCHECKED: Checked = { state: "off", mine: "unknown", theirs: "unknown" };

/**
 * What is shown of the stranger. Behind the curtain: the coarse picture, or nothing. In front of it:
 * everything, or a blur while the picture is small or has to be looked at again.
 */
export type Shows = "coarse" | "hidden" | "blurred" | "clear";

/** How my picture is sent. */
export type Sends = "coarse" | "preview" | "clear";

export interface Situation {
  mode: Curtain;
  lifted: Lifted;
  checked: Checked;
  /** The longer side of the stranger's picture in pixels, or 0 before the first one. */
  longest: number;
  /** Whether the stranger's picture shows something, so they may see mine. */
  visible: boolean;
  /** What was shown so far. A new match begins coarse. */
  before: Shows;
}

export interface Decision {
  shows: Shows;
  sends: Sends;
  /** Both have lifted and both know it. */
  open: boolean;
  /** My curtain lifts by itself now. */
  lifts: boolean;
}

export function decide(situation: Situation): Decision {
  const { lifted, longest, visible } = situation;
  const open = lifted.told && lifted.theirs;
  const lifts = !lifted.mine && liftsByItself(situation);
  // Who shows nothing gets no clear picture.
  if (open) return { shows: showsInFront(situation), sends: visible ? "clear" : "preview", open, lifts };
  // Our page never sends more while the curtain is down, so this picture is not shown.
  return { shows: longest > LONGEST_COARSE ? "hidden" : "coarse", sends: "coarse", open, lifts };
}

function liftsByItself({ mode, checked }: Situation): boolean {
  return mode === "off" || (mode === "auto" && checked.state === "ready" && checked.mine === "fine");
}

/** Returns what is shown once both have lifted. */
function showsInFront(situation: Situation): Shows {
  const { checked, longest, before } = situation;
  const allowed = mayShowStranger(situation);
  if (!allowed && before !== "clear" && before !== "blurred") return "coarse";
  if (longest <= LONGEST_BLURRED || checked.theirs === "doubted") return "blurred";
  // The check covers a bad picture itself. After a blur, one that is not looked at any more needs a new choice.
  return allowed || before === "clear" || checked.theirs === "bad" ? "clear" : "coarse";
}

function mayShowStranger({ mode, lifted, checked }: Situation): boolean {
  if (mode === "off" || lifted.asked) return true;
  return mode === "auto" && checked.state === "ready" && checked.theirs === "fine";
}

/**
 * Names what the curtain waits for. `soon`: my check, after which it lifts by itself. `check`: both have lifted,
 * and their picture is still checked. `choice`: both have lifted, and nothing checks their picture. `cover`: the
 * check found something and asks by itself.
 */
export type Waits = "both" | "soon" | "me" | "them" | "way" | "check" | "choice" | "cover";

export function waitsFor({ mode, lifted, checked }: Situation): Waits {
  const { mine, told, theirs } = lifted;
  const checks = mode === "auto" && ["idle", "loading", "ready"].includes(checked.state);
  if (mine && !told) return "way";
  if (mine && !theirs) return "them";
  if (!mine && theirs) return "me";
  if (!mine) return checks && checked.mine !== "bad" ? "soon" : "both";
  if (checked.theirs === "bad") return "cover";
  return checks ? "check" : "choice";
}
