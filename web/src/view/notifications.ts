// Short notes that come and go, and the words that only a screen reader hears.

import { byId } from "./dom";

const SHOWN_MS = 6_000;

export function toast(text: string): void {
  const note = document.createElement("p");
  note.textContent = text;
  bringToTop(byId("toasts"));
  byId("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Beneath an open dialog nothing is seen or heard, so the notes go into it until it is closed. */
function bringToTop(toasts: HTMLElement): void {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>("dialog[open]")].at(-1);
  const place = dialog ?? document.body;
  if (toasts.parentElement === place) return;
  place.append(toasts);
  dialog?.addEventListener("close", () => document.body.append(toasts), { once: true });
}

export function announce(text: string): void {
  byId("announcer").textContent = text;
}
