// Escape closes what lies over a conversation before it means Next.

import { byId } from "./dom";

/** Calls `close` when Escape is pressed while `shown()`. A dialog, the reactions and a line that somebody writes go first. */
export function onEscape(shown: () => boolean, close: () => void): void {
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing || !shown() || goesFirst()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) close();
  };
  document.addEventListener("keydown", pressed, { capture: true });
}

function goesFirst(): boolean {
  if (document.querySelector("dialog[open]") || !byId("reactions").hidden) return true;
  const { activeElement } = document;
  return (
    activeElement instanceof HTMLInputElement && activeElement.id === "message" && activeElement.value !== ""
  );
}
