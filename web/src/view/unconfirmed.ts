// Shows the lines that the last stranger may not have received. They stand beside the search, and go when somebody else is here.

import type { Call } from "../core/call/state";
import type { Words } from "../language/i18n";
import type { PageState } from "../page-state";
import { byId } from "./dom";
import { itemOf, mark } from "./line";

export class UnconfirmedView {
  private readonly place = byId("unconfirmed");
  private shown: Call["unconfirmed"];

  constructor(private readonly words: Words) {}

  render({ call: { unconfirmed } }: PageState): void {
    if (unconfirmed === this.shown) return;
    this.shown = unconfirmed;
    this.place.hidden = !unconfirmed?.length;
    const items = (unconfirmed ?? []).map((line) => {
      const item = itemOf(line, this.words);
      mark(item, line, this.words);
      return item;
    });
    this.place.replaceChildren(...items);
    this.place.scrollTop = this.place.scrollHeight; // the last ones are those that are missed
  }
}
