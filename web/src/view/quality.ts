// The word for the connection, on the picture, and what it means.

import type { Verdict } from "../core/quality/quality-label";
import type { PageTranslator } from "../language/texts";
import { byId, say } from "./dom";

export class QualityView {
  private readonly badge = byId("quality");

  constructor(private readonly translator: PageTranslator) {}

  /** Without a word there is nothing to say yet, or any more. */
  render(word: Verdict["word"], onlyHeard: boolean): void {
    const { dataset } = document.documentElement;
    if (word) dataset.quality = word;
    else delete dataset.quality;
    dataset.stranger = onlyHeard ? "heard" : "seen";
    // Aloud only what one can do something about; that there is only sound, the hint says.
    this.badge.ariaLive = word === "weak" ? "polite" : "off";
    say(this.badge, word && this.translator.text(`quality_${word}`));
    const meaning = word ? this.translator.text(`quality_${word}_means`) : "";
    byId("quality-meaning").textContent = meaning;
    this.badge.title = meaning;
  }
}
