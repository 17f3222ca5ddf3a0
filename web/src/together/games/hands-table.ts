// The two hands on the table: mine and the stranger's.

import type { Hand } from "../../core/together/rock-paper-scissors";
import { button } from "../../view/dom";
import type { GameTranslator } from "./words";

const PICTURES: Record<Hand, string> = { rock: "✊", paper: "✋", scissors: "✌️" };
const NOTHING = "·";
/** A choice that is fixed and not shown. */
const HIDDEN = "🔒";

export class HandsTable {
  readonly element = document.createElement("div");
  private readonly mine = handOf("mine");
  private readonly theirs = handOf("theirs");

  constructor(private readonly words: GameTranslator) {
    this.element.className = "table";
    this.element.append(
      labelled(words.text("you"), this.mine),
      labelled(words.text("stranger"), this.theirs),
    );
    this.showWaiting(undefined, false);
  }

  choice(hand: Hand, onClick: () => void): HTMLButtonElement {
    const made = button("", onClick);
    const picture = document.createElement("span");
    picture.setAttribute("aria-hidden", "true");
    picture.textContent = PICTURES[hand];
    made.append(picture, this.words.text(hand));
    return made;
  }

  /** `mine` is what I chose, and only I see it. */
  showWaiting(mine: Hand | undefined, theirsFixed: boolean): void {
    this.put(mine ? PICTURES[mine] : NOTHING, theirsFixed ? HIDDEN : NOTHING);
  }

  showShaking(): void {
    this.put(PICTURES.rock, PICTURES.rock);
    this.element.dataset.shaking = "";
  }

  showHands(mine: Hand, theirs: Hand, won: boolean | undefined): void {
    this.put(PICTURES[mine], PICTURES[theirs]);
    this.mine.toggleAttribute("data-won", won === true);
    this.theirs.toggleAttribute("data-won", won === false);
  }

  private put(mine: string, theirs: string): void {
    delete this.element.dataset.shaking;
    this.mine.textContent = mine;
    this.theirs.textContent = theirs;
    for (const hand of [this.mine, this.theirs]) hand.removeAttribute("data-won");
  }
}

/** What it shows is also told in words. */
function handOf(whose: string): HTMLElement {
  const hand = document.createElement("span");
  hand.className = `hand ${whose}`;
  hand.setAttribute("aria-hidden", "true");
  return hand;
}

function labelled(text: string, hand: HTMLElement): HTMLElement {
  const place = document.createElement("p");
  place.append(text, hand);
  return place;
}
