// Works the curtain: asks curtain.ts what may be seen, and has the stage, the sender and the call do it.

import type { Call } from "./core/call/state";
import {
  type Checked,
  type Curtain,
  decide,
  LONGEST_COARSE,
  type Shows,
  type Waits,
  waitsFor,
} from "./core/curtain";

export interface CurtainControllerParts {
  mode: () => Curtain;
  checked: () => Checked;
  stage: {
    /** The longer side of the stranger's picture as it comes, in pixels. */
    longest: () => number;
    /** Undefined: no curtain is between anybody. `atOnce`: nobody chose to wait for it. */
    render: (drawn: { shows: Shows; waits: Waits; atOnce: boolean } | undefined) => void;
  };
  /** Whether my picture is to be sent coarse. */
  cover: (covered: boolean) => void;
  /** Mine lifts by itself. */
  lift: () => void;
}

export class CurtainController {
  private shows: Shows = "coarse";
  private open = false;

  constructor(private readonly parts: CurtainControllerParts) {}

  /** So many pixels of a side of the stranger's picture were seen at most; undefined: all that came. */
  get seen(): number | undefined {
    if (this.open) return undefined; // they have lifted theirs, whatever this device still thinks of it
    return this.shows === "hidden" ? 0 : LONGEST_COARSE;
  }

  /** After everything that may change what is seen. */
  update({ conversation }: Call): void {
    const { mode, checked, stage, cover, lift } = this.parts;
    if (conversation?.mode !== "video") {
      stage.render(undefined);
      return;
    }
    const { lifted } = conversation;
    const situation = { mode: mode(), lifted, checked: checked(), longest: stage.longest() };
    const { shows, open, lifts } = decide({ ...situation, before: this.shows });
    this.shows = shows;
    this.open = open;
    cover(!open);
    stage.render({ shows, waits: waitsFor(lifted), atOnce: situation.mode === "off" });
    if (lifts) lift();
  }
}
