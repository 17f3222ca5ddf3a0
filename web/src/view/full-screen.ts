// Shows the page in full screen.

import { byId } from "./dom";

/** Uses the whole page, because notes and dialogs are outside the room. */
export function setUpFullScreen(): void {
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
