// The buttons of the call, and the Escape key.

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
    byId("report").onclick = () => dispatch({ type: "report", whom: "here" });
    byId("mute").onclick = () => dispatch({ type: "mute" });
    byId("camera").onclick = () => dispatch({ type: "camera" });
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Mute is pressed while the microphone is muted, and Camera while the camera is on. */
  render({ call }: PageState): void {
    this.call = call;
    const { muted, cameraOff } = this.media;
    press("mute", muted, muted);
    press("camera", !cameraOff, cameraOff);
    // A device that runs can be turned off, even if the other one is missing.
    byId<HTMLButtonElement>("mute").disabled = !this.media.track("audio");
    byId<HTMLButtonElement>("camera").disabled = !this.media.track("video");
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    if (!this.call?.conversation || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    // In full screen, Escape leaves it. Some browsers leave that to the page.
    if (document.fullscreenElement) void document.exitFullscreen();
    else this.dispatch({ type: "next" });
  }
}

function press(id: string, pressed: boolean, off: boolean): void {
  byId(id).setAttribute("aria-pressed", String(pressed));
  byId(id).classList.toggle("off", off);
}
