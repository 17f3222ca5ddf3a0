// Small elements of this part.

import { directionOf } from "../language/locale";

/** Makes an element with these properties and children. */
export function made<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A text in a language of its own. Its direction follows its letters, whatever it claims to be. */
export function spoken(text: string, language: string | undefined): HTMLSpanElement {
  return made("span", { dir: "auto", ...(language ? { lang: language } : {}) }, text);
}

/** A text in the visitor's language. */
export function translated(text: string, language: string): HTMLSpanElement {
  return made("span", { dir: directionOf(language), lang: language }, text);
}

/** A button that is pressed or not. */
export function toggle(name: string, onClick: () => void): HTMLButtonElement {
  const button = made("button", { type: "button", onclick: onClick }, name);
  button.setAttribute("aria-pressed", "false");
  return button;
}

export function press(button: HTMLButtonElement, pressed: boolean): void {
  button.setAttribute("aria-pressed", String(pressed));
}
