// When there may be an advertisement, and what its frame may do.

import type { Call } from "../core/call/state";

/** So long nothing changes before a frame is loaded: who meets somebody at once has loaded none. */
export const PAUSE_MS = 1_000;

/** What the framed page says to its parent when it has something to show; until then nothing is seen of it. */
export const FILLED = "zufall:advertisement";

/** Scripts, and a click that opens a tab: no origin, no storage, no dialogs, no downloads, no way to the page around. */
export const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

/** Nothing that hears, sees, plays aloud or covers the screen. */
export const ALLOW = [
  "camera",
  "microphone",
  "display-capture",
  "geolocation",
  "autoplay",
  "fullscreen",
  "picture-in-picture",
]
  .map((feature) => `${feature} 'none'`)
  .join("; ");

/** Never before the rules are agreed to, and never while there is a stranger. */
export function mayAdvertise({ phase, conversation }: Pick<Call, "phase" | "conversation">): boolean {
  return (phase === "idle" || phase === "searching") && conversation === undefined;
}
