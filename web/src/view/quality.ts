// The label for the connection on the picture, and its meaning.

import type { QualityVerdict } from "../core/quality/quality-label";
import type { PageTranslator } from "../language/texts";
import { byId, setText } from "./dom";

export class QualityView {
  private readonly badge = byId("quality");

  constructor(private readonly translator: PageTranslator) {}

  /** Without a label nothing is shown. */
  render(word: QualityVerdict["word"], onlyHeard: boolean): void {
    const { dataset } = document.documentElement;
    if (word) dataset.quality = word;
    else delete dataset.quality;
    dataset.stranger = onlyHeard ? "heard" : "seen";
    // Only "weak" is announced, because visitors can do something about it. The hint announces "sound only".
    this.badge.ariaLive = word === "weak" ? "polite" : "off";
    setText(this.badge, word && this.translator.text(`quality_${word}`));
    const meaning = word ? this.translator.text(`quality_${word}_means`) : "";
    byId("quality-meaning").textContent = meaning;
    this.badge.title = meaning;
  }
}
