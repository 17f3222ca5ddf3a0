// The buttons of the call, and the key that means Next.

import type { Media } from "../devices/media";
import { byId } from "./dom";

export interface BarActions {
  next: () => void;
  stop: () => void;
  report: () => void;
  toggleMute: () => void;
  toggleCamera: () => void;
}

export function wireBar(actions: BarActions, mayPressEscape: () => boolean): void {
  byId("next").onclick = actions.next;
  byId("stop").onclick = actions.stop;
  byId("report").onclick = actions.report;
  byId("mute").onclick = actions.toggleMute;
  byId("camera").onclick = actions.toggleCamera;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.repeat || !mayPressEscape()) return;
    event.preventDefault();
    // There it means the way out, also where the browser leaves that to the page.
    if (document.fullscreenElement) void document.exitFullscreen();
    else actions.next();
  });
}

/** Mute is pressed while nothing is heard, Camera while something is seen. */
export function renderTools(media: Media): void {
  const { muted, cameraOff } = media;
  press("mute", muted, muted);
  press("camera", !cameraOff, cameraOff);
  // What still runs can be turned off, also while the other is missing.
  byId<HTMLButtonElement>("mute").disabled = !media.track("audio");
  byId<HTMLButtonElement>("camera").disabled = !media.track("video");
}

function press(id: string, pressed: boolean, off: boolean): void {
  byId(id).setAttribute("aria-pressed", String(pressed));
  byId(id).classList.toggle("off", off);
}
