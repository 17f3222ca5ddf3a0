// Four in a row with the stranger. Each page keeps its own board, and lets only moves count that the rules allow.

import { isOver, winnerOf } from "../../core/together/four-in-a-row";
import {
  type FourMatch,
  type FourMove,
  gameOf,
  newFourMatch,
  parseFourMove,
  playFour,
} from "../../core/together/four-match";
import { type GameRecord, NO_GAMES } from "../../core/together/game-record";
import { otherSide, type Side, sideOf } from "../../core/together/sides";
import { button } from "../../view/dom";
import type { ActivityContext, OpenActivity } from "../activities";
import type { KeptForMatch } from "../kept-for-match";
import { BoardView } from "./board-view";
import { GameFrame } from "./game-frame";
import { GameTalk } from "./game-talk";
import type { GameTranslator } from "./words";

export class FourView implements OpenActivity {
  private readonly me: Side;
  private readonly board: BoardView;
  private readonly again: HTMLButtonElement;
  private readonly frame: GameFrame;
  private readonly talk: GameTalk;
  private state: FourMatch | undefined;

  constructor(
    panel: HTMLElement,
    private readonly context: ActivityContext,
    private readonly words: GameTranslator,
    private readonly kept: KeptForMatch<GameRecord>,
  ) {
    const { channel, match, polite } = context;
    this.me = sideOf(polite);
    this.board = new BoardView(words, this.me, (column) => this.chose(column));
    this.board.render(newFourMatch(match, NO_GAMES).board);
    this.again = button(words.text("again"), () => this.do({ do: "again", game: this.game }));
    this.again.className = "sun";
    this.again.hidden = true;
    this.frame = new GameFrame(words, panel, [this.again, this.board.element]);
    this.frame.tell(words.text("not_ready"));
    this.talk = new GameTalk({
      channel,
      type: "four",
      record: kept.of(match) ?? NO_GAMES,
      onReady: (record) => this.show(newFourMatch(match, record)),
      onMove: (found) => this.took(parseFourMove(found)),
      onBroken: () => this.frame.showBroken(true),
    });
  }

  close(): void {
    this.talk.close();
  }

  private get game(): number {
    return this.state ? gameOf(this.state) : 0;
  }

  private chose(column: number): void {
    const { state } = this;
    if (!state || isOver(state.board) || state.board.turn !== this.me) return;
    const done = this.do({ do: "drop", game: this.game, move: state.board.moves, column });
    if (!done) this.frame.tell(this.words.text("full"));
  }

  /** I do something. Returns whether the rules allow it. */
  private do(move: FourMove): boolean {
    const after = this.state && playFour(this.state, this.me, move);
    if (!after) return false;
    this.talk.send(move);
    this.show(after);
    return true;
  }

  /** The stranger did something. Returns whether it counts. */
  private took(move: FourMove | undefined): boolean {
    const after = move && this.state && playFour(this.state, otherSide(this.me), move);
    if (!after) return false;
    this.frame.showBroken(false);
    const dropped = move.do === "drop";
    this.show(after, dropped ? this.words.text("they_dropped", { column: move.column + 1 }) : "");
    return true;
  }

  private show(state: FourMatch, done = ""): void {
    this.state = state;
    this.kept.keep(this.context.match, state.record);
    this.board.render(state.board);
    this.frame.showScore(state.record, this.me);
    this.frame.tell(this.sentence(state), done);
    this.showAgain(state);
  }

  /** The button keeps its place while the other one is asked, so that the focus is not lost. */
  private showAgain({ board, again }: FourMatch): void {
    if (!isOver(board) && this.again.contains(document.activeElement)) this.board.focus();
    this.again.hidden = !isOver(board);
    this.again.ariaDisabled = again[this.me] ? "true" : null;
  }

  private sentence({ board, again }: FourMatch): string {
    const { words, me } = this;
    if (!isOver(board)) return words.text(board.turn === me ? "my_turn" : "their_turn");
    if (again[me]) return words.text("waiting_again");
    const winner = winnerOf(board);
    const result = winner === undefined ? "nobody_won" : winner === me ? "i_won" : "they_won";
    const wants = again[otherSide(me)] ? ` ${words.text("they_want_again")}` : "";
    return words.text(result) + wants;
  }
}
