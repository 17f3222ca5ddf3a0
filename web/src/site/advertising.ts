// When an advertisement may be shown, and what its frame may do.

import type { Call } from "../core/call/state";

/** A frame is loaded after this pause, so a visitor who is matched at once loads none. */
export const PAUSE_MS = 1_000;

/** What the framed page sends when it has something to show. Until then it is invisible. */
export const FILLED = "zufall:advertisement";

/**
 * Allows scripts, and a click that opens a tab. It forbids origin, storage, dialogs, downloads and
 * navigation.
 */
export const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

/** Forbids camera, microphone, sound and full screen. */
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

/** Returns whether an advertisement may be shown: after consent, and never beside a stranger. */
export function mayAdvertise({ phase, conversation }: Pick<Call, "phase" | "conversation">): boolean {
  return (phase === "idle" || phase === "searching") && conversation === undefined;
}
