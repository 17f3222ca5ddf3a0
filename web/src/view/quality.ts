// The label for the connection on the picture. Who points at it or presses it reads what it means, or what is wrong.

import type { QualityVerdict } from "../core/quality/quality-label";
import type { PageTranslator } from "../language/texts";
import { byId, setText } from "./dom";
import { announce } from "./notifications";

export class QualityView {
  private readonly label = byId("quality");
  private readonly meaning = byId("quality-meaning");
  private word: QualityVerdict["word"];
  private said = "";
  private pressed = false;
  private pointed = false;

  /** `more` stands below the meaning. */
  constructor(
    private readonly translator: PageTranslator,
    private readonly more?: HTMLElement,
  ) {
    const { label } = this;
    label.onclick = () => this.open(!this.pressed, this.pointed);
    label.onpointerenter = ({ pointerType }) => this.open(this.pressed, pointerType === "mouse");
    label.onpointerleave = () => this.open(this.pressed, false);
    document.addEventListener("pointerdown", ({ target }) => {
      if (target !== label) this.open(false, false);
    });
    // Before the Escape that means Next.
    document.addEventListener("keydown", (event) => this.escape(event), { capture: true });
  }

  /** Without a word nothing is shown. `why` names what is wrong, if that is known. */
  render(word: QualityVerdict["word"], onlyHeard: boolean, why?: string): void {
    const { dataset } = document.documentElement;
    if (word) dataset.quality = word;
    else delete dataset.quality;
    dataset.stranger = onlyHeard ? "heard" : "seen";
    this.name(word);
    const meaning = word ? this.translator.text(`quality_${word}_means`) : "";
    const said = why && word !== "good" ? why : meaning;
    this.explain(said);
    // Only "weak" is announced, because visitors can do something about it. The hint announces "sound only".
    if (word === "weak" && this.word !== word) announce(`${this.label.ariaLabel}. ${said}`);
    this.word = word;
    if (!word) this.open(false, false);
  }

  private explain(said: string): void {
    if (said === this.said) return;
    this.said = said;
    this.meaning.textContent = said;
    if (this.more) this.meaning.append(this.more);
  }

  private name(word: QualityVerdict["word"]): void {
    const { text } = this.translator;
    const shown = word && text(`quality_${word}`);
    setText(this.label, shown);
    if (shown) this.label.ariaLabel = `${text("quality")}: ${shown}`;
  }

  private open(pressed: boolean, pointed: boolean): void {
    [this.pressed, this.pointed] = [pressed, pointed];
    this.meaning.hidden = !(pressed || pointed);
    this.label.ariaExpanded = String(!this.meaning.hidden);
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.meaning.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(false, false);
  }
}
