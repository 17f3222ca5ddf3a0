// One line of a conversation in writing, and how far it has come.

import type { Line } from "../call-state";
import type { Words } from "../i18n";

export function itemOf({ from, text }: Line): HTMLElement {
  const item = document.createElement("p");
  item.dataset.from = from;
  item.textContent = text;
  return item;
}

/** Says how far a line of mine has come, unless that goes without saying. */
export function mark(item: HTMLElement, { state }: Line, words: Words): void {
  item.dataset.state = state;
  item.querySelector("small")?.remove();
  if (state === "sent") return;
  const note = document.createElement("small");
  note.textContent = words.text(state === "failed" ? "line_failed" : "line_waiting");
  if (state !== "failed") note.className = "unseen";
  item.append(note);
}
