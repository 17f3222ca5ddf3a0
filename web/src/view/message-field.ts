// The field one writes in: says when something does not fit, and takes no key that is still choosing a character.

/** Browsers cut what is pasted or dropped at the limit, in silence. */
export function guard(field: HTMLInputElement, onCut: () => void): void {
  field.addEventListener("beforeinput", ({ data, dataTransfer, inputType }) => {
    const added = data ?? dataTransfer?.getData("text/plain") ?? "";
    if (inputType.startsWith("insertFrom") && exceeds(field, added)) onCut();
  });
  // Safari ends a composition before the key that ends it: its Enter sends nothing.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}

type Field = Pick<HTMLInputElement, "value" | "selectionStart" | "selectionEnd" | "maxLength">;

/** Whether `added` makes it too long, in place of what is selected. */
export function exceeds({ value, selectionStart, selectionEnd, maxLength }: Field, added: string): boolean {
  const selected = (selectionEnd ?? 0) - (selectionStart ?? 0);
  return value.length - selected + added.length > maxLength;
}
