// Shows the lines that the last stranger may not have received. They stand beside the search, and go when somebody else is here.

import type { Call } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { lineElement, mark } from "./chat-line";
import { byId } from "./dom";

export class UnconfirmedView {
  private readonly place = byId("unconfirmed");
  private shown: Call["unconfirmed"];

  constructor(private readonly translator: PageTranslator) {}

  render({ call: { unconfirmed } }: PageState): void {
    if (unconfirmed === this.shown) return;
    this.shown = unconfirmed;
    this.place.hidden = !unconfirmed?.length;
    const items = (unconfirmed ?? []).map((line) => {
      const item = lineElement(line, this.translator);
      mark(item, line, this.translator);
      return item;
    });
    this.place.replaceChildren(...items);
    this.place.scrollTop = this.place.scrollHeight; // the last lines matter most
  }
}
