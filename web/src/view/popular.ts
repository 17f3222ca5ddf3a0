// The popular interests under the field for interests. One tap adds one. It is loaded where a site names them.

import type { Phase } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { fetchPopular, offered, REFRESH_MS } from "../popular-interests";
import { addInterests } from "../preferences";
import { button, byId } from "./dom";

const LINES = 2;

export class PopularView {
  private readonly place = byId("popular");
  private readonly chips = byId("popular-chips");
  private popular: string[] = [];
  private mine: readonly string[] = [];
  private phase: Phase | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    document.addEventListener("visibilitychange", () => void this.refresh());
    setInterval(() => void this.refresh(), REFRESH_MS / 6);
    new ResizeObserver(() => this.fit()).observe(this.chips);
  }

  render({ call: { phase }, preferences: { interests: mine } }: PageState): void {
    const changed = phase !== this.phase || mine !== this.mine;
    this.phase = phase;
    this.mine = mine;
    if (changed) this.show();
    void this.refresh();
  }

  /** Fetches them only while they are visible: not in a call and not in another tab. */
  private async refresh(): Promise<void> {
    const now = performance.now();
    if (this.phase !== "idle" || document.hidden || now - this.askedAt < REFRESH_MS) return;
    this.askedAt = now;
    const popular = await fetchPopular();
    // A chip must not change while somebody is about to tap it.
    if (!popular || this.place.matches(":hover, :focus-within") || `${popular}` === `${this.popular}`) return;
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
