// The message field: says when a text is too long, and ignores keys that belong to an input method.

/** Browsers cut pasted text at the limit without a word. */
export function guardMessageField(field: HTMLInputElement, onCut: () => void): void {
  field.addEventListener("beforeinput", ({ data, dataTransfer, inputType }) => {
    const added = data ?? dataTransfer?.getData("text/plain") ?? "";
    if (inputType.startsWith("insertFrom") && exceeds(field, added)) onCut();
  });
  // Safari ends a composition before the key that ends it, so this Enter must not send.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}

type Field = Pick<HTMLInputElement, "value" | "selectionStart" | "selectionEnd" | "maxLength">;

/** Returns whether `added` in place of the selection makes the text too long. */
export function exceeds({ value, selectionStart, selectionEnd, maxLength }: Field, added: string): boolean {
  const selected = (selectionEnd ?? 0) - (selectionStart ?? 0);
  return value.length - selected + added.length > maxLength;
}
