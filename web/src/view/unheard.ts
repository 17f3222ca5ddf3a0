// What the last stranger never received. It stands beside the search, and goes when somebody else is here.

import type { Call } from "../call/state";
import type { Words } from "../language/i18n";
import { byId } from "./dom";
import { itemOf, mark } from "./line";

export class UnheardView {
  private readonly place = byId("unheard");
  private shown: Call["unheard"];

  constructor(private readonly words: Words) {}

  render({ unheard }: Call): void {
    if (unheard === this.shown) return;
    this.shown = unheard;
    this.place.hidden = !unheard?.length;
    const items = (unheard ?? []).map((line) => {
      const item = itemOf(line, this.words);
      mark(item, line, this.words);
      return item;
    });
    this.place.replaceChildren(...items);
    this.place.scrollTop = this.place.scrollHeight; // the last ones are those that are missed
  }
}
