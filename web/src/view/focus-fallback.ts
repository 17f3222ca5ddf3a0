// Moves the focus during a conversation, when the focused element has disappeared.

import { byId } from "./dom";

/**
 * Focuses the message field, or the picture if that is not visible. Never a button, because a late key press
 * would trigger it.
 */
export function focusFallback(): void {
  const message = byId("message");
  (message.checkVisibility() ? message : byId("stage")).focus({ preventScroll: true });
}

/** Does the same without opening the keyboard of a phone. */
export function focusFallbackQuietly(): void {
  if (matchMedia("(pointer: fine)").matches) focusFallback();
  else byId("stage").focus({ preventScroll: true });
}
