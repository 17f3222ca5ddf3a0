// What two pages remember of their games in one match. They go on with the score if both remember the same. Pure.

import { isCount } from "../is-count";

export interface GameRecord {
  /** How many games are over. */
  games: number;
  /** How many of them each side has won. */
  score: readonly [number, number];
}

export const NO_GAMES: GameRecord = { games: 0, score: [0, 0] };

/** Returns undefined for anything that is not a record. */
export function parseRecord({ games, score }: Record<string, unknown>): GameRecord | undefined {
  if (!isCount(games) || !Array.isArray(score)) return undefined;
  const [first, second] = score as unknown[];
  return isCount(first) && isCount(second) ? { games, score: [first, second] } : undefined;
}

/** Begins anew if one page was loaded again, or says something else than this one remembers. */
export function agreedRecord(mine: GameRecord, theirs: GameRecord): GameRecord {
  const same = mine.games === theirs.games && mine.score.every((wins, side) => wins === theirs.score[side]);
  return same ? mine : NO_GAMES;
}
