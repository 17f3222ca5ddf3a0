// Small helpers for elements: find, translate, show and hide.

import type { Phase } from "../core/call/state";
import { applyLocale } from "../language/locale";
import type { Key, PageTranslator } from "../language/texts";
import type { Mode } from "../messages.generated";

/** Returns the element with this id. A missing element is an error in the page. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Translates every element with `data-text`, `data-label` or `data-hint`. */
export function translate(translator: PageTranslator): void {
  applyLocale(translator.locale);
  document.title = `${translator.site} · ${translator.text("tagline")}`;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text], [data-label], [data-hint]")) {
    const { text, label, hint } = element.dataset;
    if (text) element.textContent = translator.text(text as Key);
    if (label) element.setAttribute("aria-label", translator.text(label as Key));
    if (label && element instanceof HTMLButtonElement) element.title = translator.text(label as Key);
    if (hint) element.setAttribute("placeholder", translator.text(hint as Key));
  }
}

/** Shows the elements of this phase (`data-in`) and mode (`data-mode`), and hides the others. */
export function arrange(phase: Phase, mode: Mode): void {
  const root = document.documentElement;
  root.dataset.mode = mode;
  root.dataset.phase = phase;
  for (const element of document.querySelectorAll<HTMLElement>("[data-in]")) {
    const inPhase = element.dataset.in?.split(" ").includes(phase) ?? true;
    const inMode = element.dataset.mode?.split(" ").includes(mode) ?? true;
    element.hidden = !(inPhase && inMode);
  }
}

/** Shows `text` in `element`, or hides the element if there is none. */
export function setText(element: HTMLElement, text: string | undefined): void {
  const shown = text ?? "";
  if (element.textContent !== shown) element.textContent = shown;
  element.hidden = !shown;
}

export function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.onclick = onClick;
  return made;
}
