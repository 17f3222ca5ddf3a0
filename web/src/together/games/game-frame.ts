// What all games show: the score, one sentence on what happens now, and what the stranger's page did wrong.

import type { GameRecord } from "../../core/together/game-record";
import { otherSide, type Side } from "../../core/together/sides";
import { setText } from "../../view/dom";
import { announce } from "../../view/notifications";
import type { GameTranslator } from "./words";
import "./games.css";

export class GameFrame {
  private readonly score = document.createElement("p");
  private readonly status = document.createElement("p");
  private readonly broken = document.createElement("p");

  constructor(
    private readonly words: GameTranslator,
    panel: HTMLElement,
    board: readonly HTMLElement[],
  ) {
    this.score.className = "score";
    this.status.className = "game-status";
    this.broken.className = "broken";
    this.broken.hidden = true;
    panel.append(this.score, this.status, ...board, this.broken);
  }

  showScore({ score }: GameRecord, me: Side): void {
    setText(this.score, this.words.text("score", { mine: score[me], theirs: score[otherSide(me)] }));
  }

  /** Shows what happens now. A screen reader says it after what has just been done, if it does not know that. */
  tell(now: string, done = ""): void {
    if (this.status.textContent === now && !done) return;
    setText(this.status, now);
    announce(`${done} ${now}`.trim());
  }

  /** The stranger's page broke the rules. What it does next takes the sentence away, if it counts. */
  showBroken(broken: boolean): void {
    const text = broken ? this.words.text("broken") : "";
    if (broken && this.broken.hidden) announce(text);
    setText(this.broken, text);
  }
}
