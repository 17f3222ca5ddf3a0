// The panel for what two do together: a menu, a question from the stranger, or the activity itself. It has its own
// place beside the picture, and covers nothing.

import type { PageTranslator } from "../language/texts";
import { button, byId } from "../view/dom";
import { onEscape } from "../view/escape";
import { focusFallbackQuietly } from "../view/focus-fallback";
import "./together.css";

/** `small`: a few words and buttons. `large`: the picture makes room for it. */
type Size = "small" | "large";

export interface PanelContent {
  title: string;
  size: Size;
  /** What is below the title. */
  parts: readonly HTMLElement[];
  /** The button in the corner, which does the same as Escape. */
  close?: string;
  /** Escape was pressed. */
  onEscape: () => void;
}

export class TogetherPanel {
  private readonly place = document.createElement("section");
  private readonly title = document.createElement("h2");
  private readonly body = document.createElement("div");
  private readonly closer = button("", () => this.content?.onEscape());
  private content: PanelContent | undefined;

  constructor(
    private readonly translator: PageTranslator,
    /** Gets the focus back. */
    private readonly opener: HTMLElement,
  ) {
    this.place.id = "together";
    this.place.hidden = true;
    this.place.setAttribute("aria-labelledby", "together-title");
    this.title.id = "together-title";
    this.title.tabIndex = -1;
    const head = document.createElement("header");
    head.append(this.title, this.closer);
    this.place.append(head, this.body);
    byId("chat").before(this.place);
    onEscape(
      () => this.content !== undefined,
      () => this.content?.onEscape(),
    );
  }

  get shown(): PanelContent | undefined {
    return this.content;
  }

  /** Shows something else. Returns whether the focus has moved to it: if it was in the panel, or if `takeFocus`. */
  show(content: PanelContent, takeFocus: boolean): boolean {
    const had = this.hasFocus();
    this.content = content;
    this.title.textContent = content.title;
    this.body.replaceChildren(...content.parts);
    this.closer.textContent = content.close ?? this.translator.text("close");
    this.closer.hidden = content.close === undefined;
    this.place.hidden = false;
    this.opener.ariaExpanded = "true";
    document.documentElement.dataset.together = content.size;
    // Never to a button, because a late key press would trigger it.
    if (had || takeFocus) this.focus();
    return had || takeFocus;
  }

  focus(): void {
    this.title.focus({ preventScroll: true });
  }

  /** `byMe`: the visitor closed it, and goes on where it was opened. */
  hide(byMe: boolean): void {
    if (!this.content) return;
    const had = this.hasFocus();
    this.content = undefined;
    this.place.hidden = true;
    this.opener.ariaExpanded = "false";
    this.body.replaceChildren();
    delete document.documentElement.dataset.together;
    if (!had) return;
    if (byMe && this.opener.checkVisibility()) this.opener.focus();
    else focusFallbackQuietly();
  }

  private hasFocus(): boolean {
    return this.place.contains(document.activeElement);
  }
}
