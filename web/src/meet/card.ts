// A card at the top of the form on the start screen.

import { button, byId } from "../view/dom";

export class Card {
  readonly element = document.createElement("section");
  private readonly text = document.createElement("p");

  constructor(id: string, title?: string) {
    this.element.id = id;
    this.element.className = "meet-card";
    this.element.setAttribute("role", "status");
    if (title) this.element.append(Object.assign(document.createElement("strong"), { textContent: title }));
    this.element.append(this.text);
  }

  say(text: string): void {
    if (this.text.textContent !== text) this.text.textContent = text;
  }

  offer(text: string, act: () => void): HTMLButtonElement {
    const made = button(text, act);
    this.element.append(made);
    return made;
  }

  show(): void {
    if (!this.element.isConnected) byId("setup").prepend(this.element);
  }

  /** Moves the focus first if it is here. */
  hide(): void {
    if (this.element.contains(document.activeElement)) byId("idle-title").focus();
    this.element.remove();
  }
}
