// Controls the curtain: `core/curtain.ts` decides, and the stage, the sender and the call carry it out.

import type { Call } from "./core/call/state";
import {
  type Checked,
  decide,
  LONGEST_COARSE,
  type Sends,
  type Shows,
  type Waits,
  waitsFor,
} from "./core/curtain";
import type { Curtain } from "./http.generated";

export interface CurtainControllerParts {
  mode: () => Curtain;
  checked: () => Checked;
  /** Whether the stranger's picture shows something. */
  visible: () => boolean;
  stage: {
    /** The longer side of the stranger's picture in pixels. */
    longest: () => number;
    /** Undefined: there is no curtain. `atOnce`: the visitor did not choose to wait for it. */
    render: (drawn: { shows: Shows; waits: Waits; atOnce: boolean } | undefined) => void;
  };
  /** Changes how my picture is sent. */
  send: (sends: Sends) => void;
  /** Lifts my curtain by itself. */
  lift: () => void;
}

export class CurtainController {
  private shows: Shows = "coarse";
  private open = false;

  constructor(private readonly parts: CurtainControllerParts) {}

  /** The most pixels of a side that were visible of the stranger. Undefined means all. */
  get seen(): number | undefined {
    if (this.open) return undefined; // they have lifted their curtain, whatever the check says
    return this.shows === "hidden" ? 0 : LONGEST_COARSE;
  }

  /** Must be called whenever what is visible may have changed. */
  update({ conversation }: Call): void {
    const { mode, checked, visible, stage, send, lift } = this.parts;
    if (conversation?.mode !== "video") {
      this.shows = "coarse"; // as the next picture begins
      this.open = false;
      stage.render(undefined);
      return;
    }
    const { lifted } = conversation;
    const seen = { checked: checked(), longest: stage.longest(), visible: visible() };
    const situation = { mode: mode(), lifted, ...seen, before: this.shows };
    const { shows, sends, open, lifts } = decide(situation);
    this.shows = shows;
    this.open = open;
    send(sends);
    stage.render({ shows, waits: waitsFor(situation), atOnce: situation.mode === "off" });
    if (lifts) lift();
  }
}
