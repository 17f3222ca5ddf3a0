// Short notes that come and go, and the words that only a screen reader hears.

import { byId } from "./dom";

const SHOWN_MS = 6_000;

export function toast(text: string): void {
  const note = document.createElement("p");
  note.textContent = text;
  byId("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

export function announce(text: string): void {
  byId("announcer").textContent = text;
}
