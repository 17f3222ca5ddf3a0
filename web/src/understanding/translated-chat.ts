// Shows the stranger's lines of the chat in the visitor's language. A press shows the original.

import { byId } from "../view/dom";
import { made, press, spoken, toggle, translated } from "./elements";
import type { Translated, Translation } from "./translation";
import type { Words } from "./words";

export class TranslatedChat {
  private readonly lines = byId("lines");
  /** Lines that have a translation, wait for one, or cannot have one at this time. */
  private known = new WeakSet<Element>();

  constructor(
    private readonly words: Words,
    private readonly translation: Translation,
  ) {
    new MutationObserver(() => this.update(false)).observe(this.lines, { childList: true });
  }

  /** `again`: translation was switched on or off, or other lines can be translated now. */
  update(again: boolean): void {
    const { on } = this.translation;
    if (again) this.known = new WeakSet();
    for (const line of this.lines.querySelectorAll<HTMLElement>("[data-from=stranger]")) {
      if (!line.dataset.translated && on && !this.known.has(line)) void this.translate(line);
      if (line.dataset.translated && again) this.show(line, !on);
    }
  }

  /** The text of a line is its last node. A reaction has none. */
  private async translate(line: HTMLElement): Promise<void> {
    const text = line.lastChild;
    if (!(text instanceof Text)) return;
    this.known.add(line);
    const found = await this.translation.line(text.data);
    if (found && !line.dataset.translated) this.complete(line, text, found);
  }

  private complete(line: HTMLElement, text: Text, found: Translated): void {
    const atEnd = this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 80;
    const original = spoken(text.data, found.source);
    original.className = "original";
    const mine = translated(found.text, found.target);
    mine.className = "translation";
    const button = toggle(this.words.text("original"), () => this.show(line, original.hidden === true));
    button.className = "plain";
    text.replaceWith(original, mine, made("small", { className: "show-original" }, button));
    line.dataset.translated = found.source;
    this.show(line, !this.translation.on);
    if (atEnd) this.lines.scrollTop = this.lines.scrollHeight;
  }

  private show(line: HTMLElement, original: boolean): void {
    const [theirs, mine] = [line.querySelector<HTMLElement>(".original"), line.querySelector(".translation")];
    const button = line.querySelector("button");
    if (!theirs || !(mine instanceof HTMLElement) || !button) return;
    theirs.hidden = !original;
    mine.hidden = original;
    press(button, original);
    (button.parentElement as HTMLElement).hidden = !this.translation.on;
  }
}
