// The row of reactions, and the emoji that rise over the picture.

import { admittedCount, PAUSE_MS, REACTIONS, reactionText } from "../core/call/reactions";
import type { Line } from "../core/call/state";
import { reactionIn } from "../core/text/emoji";
import { APPLAUSE, risingEmoji } from "../core/together/applause";
import type { PageTranslator } from "../language/texts";
import { Lazy } from "../lazy";
import type { Dispatch, PageState } from "../page-state";
import { randomId } from "../random-id";
import type { Applause } from "../together/applause";
import { button, byId } from "./dom";
import { announce } from "./notifications";

/** The duration of the animation in the style sheet. */
const SHOWN_MS = 2_600;

export class ReactionsView {
  private readonly opener = byId<HTMLButtonElement>("react");
  private readonly row = byId("reactions");
  private readonly sky = byId("floats");
  private match: string | undefined;
  private readonly applause: Lazy<Applause> = new Lazy({
    load: async () => new (await import("../together/applause")).Applause(),
    onLoaded: () => this.playApplause(),
    onFailed: (error) => {
      console.info("The applause could not be loaded:", error.name);
      this.applause.allowRetry();
    },
  });

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    this.row.append(...REACTIONS.map(([emoji, name]) => this.choice(emoji, translator.text(name))));
    this.opener.onclick = () => this.toggle(this.row.hidden !== false);
    document.addEventListener("keydown", (event) => this.pressed(event), { capture: true });
    document.addEventListener("pointerdown", (event) => this.tapped(event.target as Node));
  }

  render({ call: { conversation } }: PageState): void {
    if (conversation?.match === this.match) return;
    this.match = conversation?.match;
    this.toggle(false);
    this.sky.replaceChildren();
  }

  /** A line has appeared. A reaction rises, and is announced if the chat is not visible. */
  appeared({ text, from }: Line, item: HTMLElement): void {
    const emoji = reactionIn(text);
    if (!emoji) return;
    const rising = risingEmoji(emoji, matchMedia("(prefers-reduced-motion: reduce)").matches);
    rising.slice(0, admittedCount(rising.length, this.sky.childElementCount)).forEach((one, place) => {
      this.rise(one, from, place);
    });
    if (from === "stranger" && emoji.includes(APPLAUSE)) this.playApplause();
    const inSight = item.getClientRects().length > 0;
    if (from === "stranger" && !inSight) announce(reactionText(emoji, from, this.translator));
  }

  private playApplause(): void {
    void this.applause.value?.play();
    this.applause.load();
  }

  /** Lets one emoji rise. Those of one line start side by side, and each path is different. */
  private rise(emoji: string, from: Line["from"], place: number): void {
    const float = document.createElement("span");
    float.textContent = emoji;
    float.dataset.from = from;
    float.style.setProperty("--drift", `${Math.round(place * 1.1 * 100 + Math.random() * 60 - 80)}%`);
    this.sky.append(float);
    setTimeout(() => float.remove(), SHOWN_MS);
  }

  private choice(emoji: string, name: string): HTMLButtonElement {
    const choice = button(emoji, () => this.choose(emoji));
    choice.setAttribute("aria-label", name);
    choice.title = name;
    return choice;
  }

  private choose(emoji: string): void {
    this.toggle(false);
    this.opener.focus();
    if (this.opener.ariaDisabled === "true") return;
    this.opener.ariaDisabled = "true";
    setTimeout(() => {
      this.opener.ariaDisabled = null;
    }, PAUSE_MS);
    this.dispatch({ type: "say", text: emoji, id: randomId() });
  }

  private toggle(open: boolean): void {
    if (open && this.opener.ariaDisabled === "true") return;
    this.row.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.row.querySelector("button")?.focus();
  }

  /** Escape closes the row. It does not mean Next here. */
  private pressed(event: KeyboardEvent): void {
    if (this.row.hidden || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.toggle(false);
      this.opener.focus();
    } else if (this.row.contains(document.activeElement)) this.step(event);
  }

  /** The arrow keys move along the row, in the direction of the language. */
  private step(event: KeyboardEvent): void {
    const choices = [...this.row.querySelectorAll("button")];
    const forth = getComputedStyle(this.row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forth === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const by = { [forth]: 1, [back]: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = choices.indexOf(document.activeElement as HTMLButtonElement);
    choices[(at + by + choices.length) % choices.length]?.focus();
  }

  private tapped(where: Node): void {
    const outside = !this.row.contains(where) && !this.opener.contains(where);
    if (!this.row.hidden && outside) this.toggle(false);
  }
}
