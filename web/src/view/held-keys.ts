// A held key presses nothing: after the first press another button may have the focus, which nobody meant.

/** Ignores Enter while it is held, except in a text of several lines. A held Space presses only when it is let go. */
export function ignoreHeldEnter(): void {
  const pressed = (event: KeyboardEvent) => {
    const inText = event.target instanceof HTMLTextAreaElement;
    if (event.key === "Enter" && event.repeat && !inText) event.preventDefault();
  };
  document.addEventListener("keydown", pressed, { capture: true });
}
