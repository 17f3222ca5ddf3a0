// The page on the whole screen.

import { byId } from "./dom";

/** All of it, for notes and dialogs lie outside the room. */
export function wireFullScreen(): void {
  const button = byId("full");
  if (!document.fullscreenEnabled) {
    button.remove();
    return;
  }
  const toggle = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  button.onclick = () => void toggle();
  document.addEventListener("fullscreenchange", () => {
    button.ariaPressed = String(document.fullscreenElement !== null);
  });
}
