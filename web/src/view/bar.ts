// The buttons of the call, and the Escape key.

import { shownConversation } from "../core/call/over";
import type { Call } from "../core/call/state";
import type { LocalMedia } from "../devices/local-media";
import type { Dispatch, PageState } from "../page-state";
import { byId } from "./dom";

export class BarView {
  private call: Call | undefined;

  constructor(
    private readonly media: Pick<LocalMedia, "muted" | "cameraOff" | "track">,
    private readonly dispatch: Dispatch,
  ) {
    byId("next").onclick = () => dispatch({ type: "next" });
    byId("stop").onclick = () => dispatch({ type: "stop" });
    byId("report").onclick = () =>
      dispatch({ type: "report", whom: this.call?.conversation ? "here" : "left" });
    byId("mute").onclick = () => dispatch({ type: "mute" });
    byId("camera").onclick = () => dispatch({ type: "camera" });
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Mute is pressed while the microphone is muted, and Camera while the camera is on. */
  render({ call, canReportLast }: PageState): void {
    this.call = call;
    if (call.phase === "over") this.showReport(canReportLast);
    const { muted, cameraOff } = this.media;
    byId("next").ariaDisabled = call.conversation?.nextAt === undefined ? null : "true";
    press("mute", muted, muted);
    press("camera", !cameraOff, cameraOff);
    // A device that runs can be turned off, even if the other one is missing.
    byId<HTMLButtonElement>("mute").disabled = !this.media.track("audio");
    byId<HTMLButtonElement>("camera").disabled = !this.media.track("video");
  }

  /** The stranger who has left can still be reported for a moment, and later in the list of recent ones. */
  private showReport(shown: boolean): void {
    const report = byId("report");
    const focused = document.activeElement === report;
    report.hidden = !shown;
    if (focused && report.hidden) this.dispatch({ type: "focus_lost" });
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    if (clearTyped(event.target)) {
      event.preventDefault(); // otherwise a dialog would close
      return;
    }
    if (!(this.call && shownConversation(this.call)) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    // In full screen, Escape leaves it. Some browsers leave that to the page.
    if (document.fullscreenElement) void document.exitFullscreen();
    else this.dispatch({ type: "next" });
  }
}

/**
 * Clears the field of one line in which somebody types. Returns false if there is none, or nothing in it. So
 * one Escape never throws away what is being written and the stranger, too.
 */
function clearTyped(field: EventTarget | null): boolean {
  if (!(field instanceof HTMLInputElement) || field.type !== "text" || field.readOnly || !field.value)
    return false;
  field.value = "";
  return true;
}

function press(id: string, pressed: boolean, off: boolean): void {
  byId(id).setAttribute("aria-pressed", String(pressed));
  byId(id).classList.toggle("off", off);
}
