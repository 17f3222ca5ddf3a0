// Rock, paper, scissors with the stranger. Both choices are fixed before either is shown.

import { type GameRecord, NO_GAMES } from "../../core/together/game-record";
import {
  boundText,
  type Choice,
  HANDS,
  type Hand,
  type HandMatch,
  type HandMove,
  newHandMatch,
  parseHandMove,
  playHand,
  winnerOfHands,
} from "../../core/together/rock-paper-scissors";
import { otherSide, type Side, sideOf } from "../../core/together/sides";
import type { ActivityContext, OpenActivity } from "../activities";
import type { KeptForMatch } from "../kept-for-match";
import { newSecret, sha256Hex } from "./digest";
import { GameFrame } from "./game-frame";
import { GameTalk } from "./game-talk";
import { HandsTable } from "./hands-table";
import type { GameTranslator } from "./words";

/** The fists shake so long before the hands are seen. */
const SHAKE_MS = 900;
/** The stranger's page shows its hand by itself, so a longer wait is worth a word. */
const LATE_MS = 8_000;

export class HandsView implements OpenActivity {
  private readonly me: Side;
  private readonly table: HandsTable;
  private readonly choices: HTMLButtonElement[];
  private readonly frame: GameFrame;
  private readonly talk: GameTalk;
  private state: HandMatch | undefined;
  private choice: Choice | undefined;
  private shaking = false;
  /** What the last round showed, until it was told. */
  private done = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    panel: HTMLElement,
    private readonly context: ActivityContext,
    private readonly words: GameTranslator,
    private readonly kept: KeptForMatch<GameRecord>,
  ) {
    const { channel, match, polite } = context;
    this.me = sideOf(polite);
    this.table = new HandsTable(words);
    this.choices = HANDS.map((hand) => this.table.choice(hand, () => this.chose(hand)));
    const row = document.createElement("div");
    row.className = "hands";
    row.append(...this.choices);
    const fair = document.createElement("small");
    fair.textContent = words.text("fair");
    this.frame = new GameFrame(words, panel, [this.table.element, row, fair]);
    this.frame.tell(words.text("not_ready"));
    this.talk = new GameTalk({
      channel,
      type: "hands",
      record: kept.of(match) ?? NO_GAMES,
      onReady: (record) => this.show(newHandMatch(match, record)),
      onMove: (found) => this.took(parseHandMove(found)),
      onBroken: () => this.frame.showBroken(true),
    });
  }

  close(): void {
    clearTimeout(this.timer);
    this.talk.close();
  }

  private chose(hand: Hand): void {
    const { state } = this;
    if (!state || this.choice || this.shaking) return;
    this.choice = { hand, secret: newSecret() };
    const round = state.record.games;
    const hash = sha256Hex(boundText(this.context.match, this.me, round, this.choice));
    this.play(this.me, { do: "commit", round, hash });
    this.showHandIfBound();
  }

  /** The stranger did something. Returns whether it counts. */
  private took(move: HandMove | undefined): boolean {
    if (!move || !this.play(otherSide(this.me), move)) return false;
    this.frame.showBroken(false);
    this.showHandIfBound();
    return true;
  }

  /** My page shows my hand by itself, as soon as the stranger can no longer change theirs. */
  private showHandIfBound(): void {
    const { state, choice, me } = this;
    if (!state || !choice || state.shown[me] || state.commits.includes(undefined)) return;
    this.play(me, { do: "show", round: state.record.games, ...choice });
  }

  private play(side: Side, move: HandMove): boolean {
    const after = this.state && playHand(this.state, side, move, sha256Hex);
    if (!after) return false;
    if (side === this.me) this.talk.send(move);
    const over = after.record !== this.state?.record;
    if (over) this.shake();
    this.show(after);
    return true;
  }

  private show(state: HandMatch): void {
    this.state = state;
    this.kept.keep(this.context.match, state.record);
    for (const choice of this.choices) choice.ariaDisabled = this.choice || this.shaking ? "true" : null;
    if (!this.shaking) this.render(state);
  }

  /** Shows both fists for a moment, then the hands. The next round may begin meanwhile. */
  private shake(): void {
    this.choice = undefined;
    this.shaking = true;
    this.table.showShaking();
    this.frame.tell(this.words.text("both_chosen"));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), calm ? 0 : SHAKE_MS);
  }

  private open(): void {
    const { state, words, me } = this;
    this.shaking = false;
    if (!state?.last) return;
    const [mine, theirs] = [state.last[me], state.last[otherSide(me)]];
    const hands = { mine: words.text(mine), theirs: words.text(theirs) };
    this.done = words.text("hands_told", hands);
    this.show(state);
  }

  private render(state: HandMatch): void {
    const { words, me } = this;
    const { record, commits, last } = state;
    const [mine, theirs] = [commits[me], commits[otherSide(me)]];
    this.frame.showScore(record, me);
    clearTimeout(this.timer);
    if (mine && theirs) this.timer = setTimeout(() => this.frame.tell(words.text("show_late")), LATE_MS);
    if (!mine && last) this.showResult(last, theirs !== undefined);
    else {
      this.table.showWaiting(this.choice?.hand, theirs !== undefined);
      const now = mine ? (theirs ? "both_chosen" : "i_chose") : theirs ? "they_chose" : "choose";
      this.frame.tell(words.text(now));
    }
  }

  /** The last hands lie there until I choose again. */
  private showResult(hands: readonly [Hand, Hand], theirsFixed: boolean): void {
    const { words, me } = this;
    const winner = winnerOfHands(hands);
    const won = winner === undefined ? undefined : winner === me;
    this.table.showHands(hands[me], hands[otherSide(me)], won);
    const result = won === undefined ? "round_even" : won ? "round_won" : "round_lost";
    const now = words.text(theirsFixed ? "they_chose" : "choose");
    this.frame.tell(`${words.text(result)} ${now}`, this.done);
    this.done = "";
  }
}
