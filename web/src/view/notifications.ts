// Short notes, and announcements for screen readers.

import { byId } from "./dom";

const SHOWN_MS = 6_000;

export function toast(text: string): void {
  const note = document.createElement("p");
  note.textContent = text;
  bringToTop(byId("toasts"));
  byId("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Moves the notes into an open dialog, because nothing behind it is seen or heard. */
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
