import { describe, expect, test } from "vitest";
import {
  COLUMNS,
  drop,
  type FourInARow,
  isOver,
  newBoard,
  ROWS,
  winnerOf,
} from "../src/core/together/four-in-a-row";
import {
  type FourMatch,
  gameOf,
  newFourMatch,
  parseFourMove,
  playFour,
} from "../src/core/together/four-match";
import { agreedRecord, NO_GAMES, parseRecord } from "../src/core/together/game-record";
import { beginnerOf, otherSide, type Side } from "../src/core/together/sides";

/** Plays the columns in turn, and fails at a move that the rules do not allow. */
function played(columns: readonly number[], beginner: Side = 0): FourInARow {
  return columns.reduce((board, column) => {
    const after = drop(board, board.turn, column);
    if (!after) throw new Error(`column ${column} is not allowed`);
    return after;
  }, newBoard(beginner));
}

/** A full board without a winner. */
const DRAWN = [
  0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 2, 3, 2, 3, 3, 2, 3, 2, 2, 3, 2, 3, 4, 5, 4, 5, 5, 4, 5, 4, 4, 5, 4, 5,
  6, 6, 6, 6, 6, 6,
];

describe("four in a row", () => {
  test.each<[string, number[], Side, number]>([
    ["upwards", [3, 4, 3, 4, 3, 4, 3], 0, 4],
    ["to the side, with the last disc in the middle", [0, 0, 1, 1, 3, 3, 2], 0, 4],
    ["at the edge", [6, 0, 5, 0, 4, 0, 3], 0, 4],
    ["diagonally up", [0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3], 0, 4],
    ["diagonally down", [6, 5, 5, 4, 4, 3, 4, 3, 3, 0, 3], 0, 4],
    ["by who came second", [6, 3, 4, 3, 4, 3, 5, 3], 1, 4],
    ["with a line of seven", [0, 0, 1, 1, 2, 2, 4, 4, 5, 5, 6, 6, 3], 0, 7],
    ["with two lines at once", [3, 0, 3, 1, 3, 2, 4, 6, 5, 4, 6, 5, 3], 0, 4],
  ])("is won %s", (_, columns, winner, length) => {
    const board = played(columns);
    expect(winnerOf(board)).toBe(winner);
    expect(board.line).toHaveLength(length);
    for (const { column, row } of board.line) expect(board.columns[column]?.[row]).toBe(winner);
  });

  test("is not won by a line that goes around the edge", () => {
    expect(winnerOf(played([0, 0, 1, 0, 5, 0, 6]))).toBeUndefined();
  });

  test("ends without a winner when the board is full", () => {
    const board = played(DRAWN);
    expect(isOver(board)).toBe(true);
    expect(winnerOf(board)).toBeUndefined();
  });

  test.each<[string, FourInARow, Side, number]>([
    ["out of turn", newBoard(0), 1, 3],
    ["beside the board", newBoard(0), 0, COLUMNS],
    ["before the board", newBoard(0), 0, -1],
    ["between columns", newBoard(0), 0, 1.5],
    ["into a full column", played(Array(ROWS).fill(2)), 0, 2],
    ["after the end", played([3, 4, 3, 4, 3, 4, 3]), 1, 0],
  ])("allows no disc %s", (_, board, side, column) => {
    expect(drop(board, side, column)).toBeUndefined();
  });

  test("never leaves the board in an odd state, whatever is played", () => {
    let seed = 7;
    for (let game = 0; game < 200; game += 1) {
      let board = newBoard(0);
      for (let move = 0; move < 100 && !isOver(board); move += 1) {
        seed = (seed * 16_807) % 2_147_483_647;
        board = drop(board, board.turn, (seed % 9) - 1) ?? board;
      }
      const counts = [0, 1].map((side) => board.columns.flat().filter((disc) => disc === side).length);
      expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(board.moves);
      expect((counts[0] ?? 0) - (counts[1] ?? 0)).toBeOneOf([0, 1]);
      expect(board.columns.every((discs) => discs.length <= ROWS)).toBe(true);
    }
  });
});

test("who begins follows from the match, and alternates", () => {
  const firsts = Array.from({ length: 400 }, (_, id) => beginnerOf(`m${id}x${id * 7}`, 0));
  expect(firsts.filter((side) => side === 0).length).toBeGreaterThan(150);
  expect(firsts.filter((side) => side === 1).length).toBeGreaterThan(150);
  expect(beginnerOf("m1", 1)).toBe(otherSide(beginnerOf("m1", 0)));
  expect(beginnerOf("m1", 2)).toBe(beginnerOf("m1", 0));
});

/** Two pages that tell each other what they do. */
function twoPages() {
  const pages: [FourMatch, FourMatch] = [newFourMatch("m1", NO_GAMES), newFourMatch("m1", NO_GAMES)];
  /** The stranger's page takes what comes over the wire. */
  const hear = (by: Side, found: Record<string, unknown>) => {
    const move = parseFourMove(JSON.parse(JSON.stringify(found)));
    const after = move && playFour(pages[otherSide(by)], by, move);
    if (after) pages[otherSide(by)] = after;
    return after !== undefined;
  };
  const drops = (by: Side, column: number) => {
    const page = pages[by];
    const move = { do: "drop" as const, game: gameOf(page), move: page.board.moves, column };
    const after = playFour(page, by, move);
    if (!after) throw new Error("my own page does not allow this");
    pages[by] = after;
    return hear(by, move);
  };
  const again = (by: Side) => {
    const move = { do: "again" as const, game: gameOf(pages[by]) };
    pages[by] = playFour(pages[by], by, move) ?? pages[by];
    return hear(by, move);
  };
  return { pages, hear, drops, again };
}

describe("two pages", () => {
  test("play games against each other, with the same board and score", () => {
    const { pages, drops, again } = twoPages();
    const first = beginnerOf("m1", 0);
    for (const column of [3, 4, 3, 4, 3, 4, 3]) expect(drops(pages[0].board.turn, column)).toBe(true);
    expect(pages[0]).toEqual(pages[1]);
    expect(pages[0].record).toEqual({ games: 1, score: first === 0 ? [1, 0] : [0, 1] });
    expect(again(0)).toBe(true);
    expect(pages[0].again).toEqual([true, false]);
    expect(gameOf(pages[0])).toBe(0);
    expect(again(1)).toBe(true);
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[0].board).toEqual(newBoard(otherSide(first)));
  });

  test("a game that nobody wins counts for nobody", () => {
    const { pages, drops } = twoPages();
    for (const column of DRAWN) drops(pages[0].board.turn, column);
    expect(pages[1].record).toEqual({ games: 1, score: [0, 0] });
  });

  test.each<[string, Record<string, unknown>]>([
    ["a move of another game", { do: "drop", game: 1, move: 0, column: 3 }],
    ["a move that was made", { do: "drop", game: 0, move: 5, column: 3 }],
    ["a column that is not there", { do: "drop", game: 0, move: 0, column: 7 }],
    ["a huge column", { do: "drop", game: 0, move: 0, column: 1e300 }],
    ["a column in words", { do: "drop", game: 0, move: 0, column: "3" }],
    ["no column", { do: "drop", game: 0, move: 0 }],
    ["another game before this one is over", { do: "again", game: 0 }],
    ["a fraction of a game", { do: "again", game: 0.5 }],
    ["another word", { do: "win", game: 0 }],
    ["nothing", {}],
    ["lists", { do: ["drop"], game: [0], move: [0], column: [3] }],
  ])("ignore %s", (_, found) => {
    const { pages, hear, drops } = twoPages();
    const first = beginnerOf("m1", 0);
    expect(hear(first, found)).toBe(false);
    expect(pages[otherSide(first)]).toEqual(newFourMatch("m1", NO_GAMES));
    expect(drops(first, 3)).toBe(true); // the game goes on
  });

  test("nobody moves twice, or wants two games more", () => {
    const { pages, drops, hear, again } = twoPages();
    const first = beginnerOf("m1", 0);
    drops(first, 0);
    expect(hear(first, { do: "drop", game: 0, move: 1, column: 0 })).toBe(false);
    for (const column of [1, 0, 1, 0, 1, 0]) drops(pages[0].board.turn, column);
    expect(again(0)).toBe(true);
    expect(hear(0, { do: "again", game: 0 })).toBe(false);
    expect(pages[1].again).toEqual([true, false]);
  });
});

describe("the score of a match", () => {
  const record = { games: 3, score: [2, 1] } as const;

  test.each([
    ["the same", { games: 3, score: [2, 1] }, record],
    ["nothing after a reload", { games: 0, score: [0, 0] }, NO_GAMES],
    ["more wins than there were", { games: 3, score: [0, 3] }, NO_GAMES],
  ])("goes on if both pages remember it: %s", (_, theirs, agreed) => {
    const parsed = parseRecord(theirs);
    expect(parsed && agreedRecord(record, parsed)).toEqual(agreed);
  });

  test.each([
    {},
    { games: 1 },
    { games: 1, score: "1" },
    { games: 1, score: [1] },
    { games: -1, score: [0, 0] },
    { games: 1, score: [0.5, 0] },
  ])("is not %j", (found) => {
    expect(parseRecord(found)).toBeUndefined();
  });
});
