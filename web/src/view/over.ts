// What stands under the lines of a text conversation that is over. Next is in the bar, as always.

import type { Call } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { canCopy, copyLines } from "./copy-lines";
import { byId, setText } from "./dom";

export class OverView {
  private past: Call["past"];

  constructor(private readonly translator: PageTranslator) {
    byId("copy").onclick = () => void copyLines(this.past?.lines ?? [], translator);
  }

  render({ call: { past, ended } }: PageState): void {
    this.past = past;
    byId("copy").hidden = !past?.lines.length || !canCopy();
    setText(byId("over-text"), ended && this.translator.text(`ended_${ended}`));
  }
}
