// What others look for now, under the field for interests: one tap adds it.

import type { Phase } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { EVERY_MS, fetchPopular, offered } from "../popular-interests";
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
    /** Whether this installation says what is popular. */
    private readonly told: boolean,
    private readonly dispatch: Dispatch,
  ) {
    document.addEventListener("visibilitychange", () => void this.refresh());
    setInterval(() => void this.refresh(), EVERY_MS / 6);
    new ResizeObserver(() => this.fit()).observe(this.chips);
  }

  render({ call: { phase }, preferences: { interests: mine } }: PageState): void {
    const changed = phase !== this.phase || mine !== this.mine;
    this.phase = phase;
    this.mine = mine;
    if (changed) this.show();
    void this.refresh();
  }

  /** Only while somebody may want to know: nobody does in a call, or in another tab. */
  private async refresh(): Promise<void> {
    const now = performance.now();
    if (!this.told || this.phase !== "idle" || document.hidden || now - this.askedAt < EVERY_MS) return;
    this.askedAt = now;
    const popular = await fetchPopular();
    // What somebody is about to tap must not turn into another.
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

  /** The focus goes on to the next one, or where interests are typed. */
  private choose(item: HTMLElement, interest: string): void {
    const at = [...this.chips.children].indexOf(item);
    this.dispatch({ type: "change_preferences", change: { interests: addInterests(this.mine, interest) } });
    const left = [...this.chips.querySelectorAll<HTMLElement>("li:not([hidden]) button")];
    const field = byId("interest").hidden
      ? document.querySelector<HTMLElement>("#interests button")
      : byId("interest");
    (left[Math.min(at, left.length - 1)] ?? field)?.focus();
  }

  /** What would begin a third line is left out, for the eye and for the keyboard. */
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
