// The games of four in a row in one match: whose move counts, the score, and another game when both want one. Pure.

import { isCount } from "../is-count";
import { drop, type FourInARow, isOver, newBoard, winnerOf } from "./four-in-a-row";
import type { GameRecord } from "./game-record";
import { beginnerOf, otherSide, type Side, withSide } from "./sides";

/** What one page tells the other. `game` and `move` say what it is about, counted from 0. */
export type FourMove =
  | { do: "drop"; game: number; move: number; column: number }
  | { do: "again"; game: number };

export interface FourMatch {
  match: string;
  board: FourInARow;
  /** With the game that has just ended. */
  record: GameRecord;
  /** Who wants another game, after this one is over. */
  again: readonly [boolean, boolean];
}

export function newFourMatch(match: string, record: GameRecord): FourMatch {
  return { match, board: newBoard(beginnerOf(match, record.games)), record, again: [false, false] };
}

/** The number of the game on the board. */
export function gameOf({ board, record }: FourMatch): number {
  return isOver(board) ? record.games - 1 : record.games;
}

/** Returns undefined for anything that is not a move. */
export function parseFourMove({
  do: what,
  game,
  move,
  column,
}: Record<string, unknown>): FourMove | undefined {
  if (!isCount(game)) return undefined;
  if (what === "again") return { do: what, game };
  return what === "drop" && isCount(move) && isCount(column) ? { do: what, game, move, column } : undefined;
}

/** Returns the match after what `side` did, or undefined if it does not count. */
export function playFour(before: FourMatch, side: Side, move: FourMove): FourMatch | undefined {
  if (move.game !== gameOf(before)) return undefined;
  return move.do === "drop" ? dropIn(before, side, move) : wantAgain(before, side);
}

function dropIn(before: FourMatch, side: Side, { move, column }: FourMove & { do: "drop" }) {
  const board = move === before.board.moves ? drop(before.board, side, column) : undefined;
  return board && { ...before, board, record: recordAfter(before.record, board) };
}

function recordAfter({ games, score }: GameRecord, board: FourInARow): GameRecord {
  if (!isOver(board)) return { games, score };
  const winner = winnerOf(board);
  return {
    games: games + 1,
    score: winner === undefined ? score : withSide(score, winner, score[winner] + 1),
  };
}

/** The next game begins when both want it. */
function wantAgain(before: FourMatch, side: Side): FourMatch | undefined {
  if (!isOver(before.board) || before.again[side]) return undefined;
  if (before.again[otherSide(side)]) return newFourMatch(before.match, before.record);
  return { ...before, again: withSide(before.again, side, true) };
}
