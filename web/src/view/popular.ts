// The popular interests under the field for interests. One tap adds one.

import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { offered } from "../popular-interests";
import { addInterests } from "../preferences";
import { button, byId } from "./dom";

const LINES = 2;

export class PopularView {
  private readonly place = byId("popular");
  private readonly chips = byId("popular-chips");
  private popular: string[] = [];
  private mine: readonly string[] = [];
  private visible = false;

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    new ResizeObserver(() => this.fit()).observe(this.chips);
  }

  render({ call: { phase }, preferences: { interests: mine } }: PageState): void {
    const visible = phase === "idle";
    const changed = visible !== this.visible || mine !== this.mine;
    this.visible = visible;
    this.mine = mine;
    if (changed) this.show();
  }

  /** Takes what is popular now. A chip must not change while somebody is about to tap it. */
  update(popular: string[]): void {
    if (this.place.matches(":hover, :focus-within") || `${popular}` === `${this.popular}`) return;
    this.popular = popular;
    this.show();
  }

  private show(): void {
    const chips = offered(this.popular, this.mine).map((interest) => this.chip(interest));
    this.chips.replaceChildren(...chips);
    this.place.hidden = chips.length === 0;
    this.fit();
  }

  private chip(interest: string): HTMLElement {
    const item = document.createElement("li");
    const chip = button(interest, () => this.choose(item, interest));
    chip.dir = "auto";
    chip.setAttribute("aria-label", this.translator.text("popular_add", { interest }));
    item.append(chip);
    return item;
  }

  /** Moves the focus to the next chip, or to the field for interests. */
  private choose(item: HTMLElement, interest: string): void {
    const at = [...this.chips.children].indexOf(item);
    this.dispatch({ type: "change_preferences", change: { interests: addInterests(this.mine, interest) } });
    const left = [...this.chips.querySelectorAll<HTMLElement>("li:not([hidden]) button")];
    const field = byId("interest").hidden
      ? document.querySelector<HTMLElement>("#interests button")
      : byId("interest");
    (left[Math.min(at, left.length - 1)] ?? field)?.focus();
  }

  /** Hides the chips that would need a third line. */
  private fit(): void {
    const items = [...this.chips.children] as HTMLElement[];
    for (const item of items) item.hidden = false;
    const lines = [...new Set(items.map(({ offsetTop }) => offsetTop))];
    const tops = items.map(({ offsetTop }) => lines.indexOf(offsetTop));
    items.forEach((item, at) => {
      item.hidden = (tops[at] ?? 0) >= LINES;
    });
  }
}
