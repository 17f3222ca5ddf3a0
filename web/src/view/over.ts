// What stands under the lines of a text conversation that is over. Next is in the bar, as always.

import { endingKey } from "../core/call/over";
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

  render({ call }: PageState): void {
    const { past } = call;
    const ending = endingKey(call);
    this.past = past;
    byId("copy").hidden = !past?.lines.length || !canCopy();
    setText(byId("over-text"), ending && this.translator.text(ending));
  }
}
