// The curtain over the stranger's picture: its text, its button, and what the video may show under it.

import type { Shows, Waits } from "../core/curtain";
import type { PageTranslator } from "../language/texts";
import type { Dispatch } from "../page-state";
import { byId, setText } from "./dom";
import { announce } from "./notifications";

/** `atOnce`: the visitor did not choose to wait, so its end is not announced. */
export interface Drawn {
  shows: Shows;
  waits: Waits;
  atOnce: boolean;
}

export class CurtainView {
  private readonly place = byId("curtain");
  private readonly button = byId("lift");
  private readonly remote = byId<HTMLVideoElement>("remote");
  private drawn: Drawn | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    this.button.onclick = () => dispatch({ type: "lift_curtain", asked: true });
    for (const change of ["loadedmetadata", "resize", "emptied"]) {
      this.remote.addEventListener(change, () => dispatch({ type: "changed" }));
    }
  }

  /** Returns the longer side of the stranger's picture, or 0 before it plays. */
  longest(): number {
    if (!this.remote.classList.contains("playing")) return 0;
    return Math.max(this.remote.videoWidth, this.remote.videoHeight);
  }

  render(drawn: Drawn | undefined): void {
    const waiting = isUp(drawn) ? undefined : drawn;
    document.documentElement.dataset.curtain = waiting ? "down" : "up";
    byId("stage").dataset.shows = drawn?.shows ?? "clear";
    this.place.hidden = !waiting;
    this.place.classList.toggle("late", drawn?.atOnce === true);
    setText(byId("curtain-text"), waiting && this.translator.text(`curtain_${waiting.waits}`));
    this.offer(waiting !== undefined && waiting.waits !== "them" && waiting.waits !== "way");
    this.tell(drawn);
    this.drawn = drawn;
  }

  /** Announces what has changed since the match began. The greeting in `page.ts` announces the start. */
  private tell(drawn: Drawn | undefined): void {
    const before = this.drawn;
    if (!drawn || drawn.atOnce || !before || isUp(before)) return;
    if (isUp(drawn)) announce(this.translator.text("curtain_up"));
    else if (drawn.waits !== before.waits) announce(this.translator.text(`curtain_${drawn.waits}`));
  }

  private offer(pressable: boolean): void {
    const focused = document.activeElement === this.button;
    this.button.hidden = !pressable;
    if (focused && !pressable) this.dispatch({ type: "focus_lost" });
  }
}

/** Returns whether the curtain is gone. A picture can be blurred without it. */
function isUp(drawn: Drawn | undefined): boolean {
  return drawn === undefined || drawn.shows === "clear" || drawn.shows === "blurred";
}
