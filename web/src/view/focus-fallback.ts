// Where the focus goes in a meeting when what had it is gone.

import { byId } from "./dom";

/** Never onto a button, which a late key press would hit: where the message is not in sight, onto the picture. */
export function rest(): void {
  const message = byId("message");
  (message.checkVisibility() ? message : byId("stage")).focus({ preventScroll: true });
}

/** The same, without the keyboard of a screen, for which nobody has asked. */
export function focusFallbackQuietly(): void {
  if (matchMedia("(pointer: fine)").matches) rest();
  else byId("stage").focus({ preventScroll: true });
}
