// The buttons of the call, and the key that means Next.

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

  /** Mute is pressed while nothing is heard, Camera while something is seen. */
  render({ call }: PageState): void {
    this.call = call;
    const { muted, cameraOff } = this.media;
    press("mute", muted, muted);
    press("camera", !cameraOff, cameraOff);
    // What still runs can be turned off, also while the other is missing.
    byId<HTMLButtonElement>("mute").disabled = !this.media.track("audio");
    byId<HTMLButtonElement>("camera").disabled = !this.media.track("video");
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    if (!this.call?.conversation || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    // There it means the way out, also where the browser leaves that to the page.
    if (document.fullscreenElement) void document.exitFullscreen();
    else this.dispatch({ type: "next" });
  }
}

function press(id: string, pressed: boolean, off: boolean): void {
  byId(id).setAttribute("aria-pressed", String(pressed));
  byId(id).classList.toggle("off", off);
}
