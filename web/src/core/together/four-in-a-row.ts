// The rules of four in a row: discs fall into seven columns, and four in a line win. Pure.

import { otherSide, type Side } from "./sides";

export const COLUMNS = 7;
export const ROWS = 6;
const IN_A_ROW = 4;
/** Up, to the side, and both diagonals, as columns and rows. */
const DIRECTIONS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/** A place of the board. Column 0 is on the left, and row 0 at the bottom. */
export interface Place {
  column: number;
  row: number;
}

export interface FourInARow {
  /** The discs of each column from the bottom to the top. */
  columns: readonly (readonly Side[])[];
  /** How many discs have fallen. */
  moves: number;
  turn: Side;
  last?: Place;
  /** The places that win, if somebody has won. */
  line: readonly Place[];
}

export function newBoard(beginner: Side): FourInARow {
  return { columns: Array.from({ length: COLUMNS }, () => []), moves: 0, turn: beginner, line: [] };
}

export function winnerOf({ columns, line: [place] }: FourInARow): Side | undefined {
  return place && columns[place.column]?.[place.row];
}

export function isOver(board: FourInARow): boolean {
  return board.line.length > 0 || board.moves === COLUMNS * ROWS;
}

/** Returns the board after this move, or undefined if the rules do not allow it. */
export function drop(board: FourInARow, side: Side, column: number): FourInARow | undefined {
  const discs = board.columns[column];
  if (isOver(board) || side !== board.turn || !discs || discs.length >= ROWS) return undefined;
  const columns = board.columns.with(column, [...discs, side]);
  const last = { column, row: discs.length };
  return {
    columns,
    moves: board.moves + 1,
    turn: otherSide(side),
    last,
    line: lineThrough(columns, last, side),
  };
}

/** Returns all places of the lines of at least four through `place`, beginning with `place`. */
function lineThrough(columns: FourInARow["columns"], place: Place, side: Side): Place[] {
  const lines = DIRECTIONS.map(([across, up]) => [
    ...runFrom(columns, place, side, across, up),
    ...runFrom(columns, place, side, -across, -up),
  ]).filter((beside) => beside.length + 1 >= IN_A_ROW);
  return lines.length > 0 ? [place, ...lines.flat()] : [];
}

/** Returns the discs of this side next to `place` in one direction. */
function runFrom(
  columns: FourInARow["columns"],
  place: Place,
  side: Side,
  across: number,
  up: number,
): Place[] {
  const next = { column: place.column + across, row: place.row + up };
  if (columns[next.column]?.[next.row] !== side) return [];
  return [next, ...runFrom(columns, next, side, across, up)];
}
