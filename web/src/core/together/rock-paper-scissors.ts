// Rock, paper, scissors between two pages that do not trust each other. Pure.
//
// Each page first sends the hash of its choice and of a secret. Only when it has the stranger's hash does it show its
// own choice and the secret. So nobody can wait to see the other's hand, and nobody can change their mind.
// This is a commitment scheme (Blum, "Coin flipping by telephone", 1981).

import { isCount } from "../is-count";
import type { GameRecord } from "./game-record";
import { otherSide, type Side, withSide } from "./sides";

export const HANDS = ["rock", "paper", "scissors"] as const;
export type Hand = (typeof HANDS)[number];

/** A choice, with the secret that keeps others from guessing it from its hash. */
export interface Choice {
  hand: Hand;
  secret: string;
}

/** What one page tells the other. Rounds are counted from 0. */
export type HandMove =
  | { do: "commit"; round: number; hash: string }
  | { do: "show"; round: number; hand: Hand; secret: string };

export interface HandMatch {
  match: string;
  /** The rounds that are over. The next one has this number. */
  record: GameRecord;
  /** The hash of each side's choice in this round. */
  commits: readonly [string | undefined, string | undefined];
  /** The hands of this round. */
  shown: readonly [Hand | undefined, Hand | undefined];
  /** Both hands of the round before. */
  last?: readonly [Hand, Hand] | undefined;
}

/** Hashes a text. It must be a cryptographic hash. */
export type Digest = (text: string) => string;

const HASH = /^[0-9a-f]{64}$/;
const SECRET = /^[0-9a-f]{32}$/;

export function newHandMatch(match: string, record: GameRecord, last?: HandMatch["last"]): HandMatch {
  return { match, record, commits: [undefined, undefined], shown: [undefined, undefined], last };
}

/** The text whose hash binds a side to its choice. Its side is in it, so that nobody can repeat the other's hash. */
export function boundText(match: string, side: Side, round: number, { hand, secret }: Choice): string {
  return JSON.stringify([match, side, round, hand, secret]);
}

/** Returns the side that wins, or undefined if both hands are the same. */
export function winnerOfHands(hands: readonly [Hand, Hand]): Side | undefined {
  const ahead = (HANDS.indexOf(hands[0]) - HANDS.indexOf(hands[1]) + HANDS.length) % HANDS.length;
  return ahead === 0 ? undefined : ahead === 1 ? 0 : 1;
}

/** Returns undefined for anything that is not a move. */
export function parseHandMove(found: Record<string, unknown>): HandMove | undefined {
  const { do: what, round, hash, hand, secret } = found;
  if (!isCount(round)) return undefined;
  if (what === "commit" && matches(hash, HASH)) return { do: what, round, hash };
  const known = HANDS.find((one) => one === hand);
  if (what !== "show" || !known || !matches(secret, SECRET)) return undefined;
  return { do: what, round, hand: known, secret };
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}

/** Returns the match after what `side` did, or undefined if it does not count. */
export function playHand(
  before: HandMatch,
  side: Side,
  move: HandMove,
  digest: Digest,
): HandMatch | undefined {
  if (move.round !== before.record.games) return undefined;
  if (move.do === "commit") return commit(before, side, move.hash);
  const hash = digest(boundText(before.match, side, move.round, move));
  return hash === before.commits[side] ? show(before, side, move.hand) : undefined;
}

/** The first choice counts. */
function commit(before: HandMatch, side: Side, hash: string): HandMatch | undefined {
  if (before.commits[side] !== undefined) return undefined;
  return { ...before, commits: withSide(before.commits, side, hash) };
}

/** A round is over when both have shown their hand. Nobody shows it before both are bound. */
function show(before: HandMatch, side: Side, hand: Hand): HandMatch | undefined {
  if (before.shown[side] !== undefined || before.commits[otherSide(side)] === undefined) return undefined;
  const shown = withSide(before.shown, side, hand);
  const [first, second] = shown;
  if (!first || !second) return { ...before, shown };
  return newHandMatch(before.match, recordAfter(before.record, [first, second]), [first, second]);
}

function recordAfter({ games, score }: GameRecord, hands: readonly [Hand, Hand]): GameRecord {
  const winner = winnerOfHands(hands);
  return {
    games: games + 1,
    score: winner === undefined ? score : withSide(score, winner, score[winner] + 1),
  };
}
