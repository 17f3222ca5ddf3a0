import { describe, expect, test } from "vitest";
import { NO_GAMES } from "../src/core/together/game-record";
import {
  boundText,
  type Choice,
  HANDS,
  type Hand,
  type HandMatch,
  newHandMatch,
  parseHandMove,
  playHand,
  winnerOfHands,
} from "../src/core/together/rock-paper-scissors";
import { otherSide, type Side } from "../src/core/together/sides";
import { sha256Hex as digest, newSecret } from "../src/together/games/digest";

const secretOf = (side: Side) => `${side}`.repeat(32);

test.each<[Hand, Hand, Side | undefined]>([
  ["rock", "scissors", 0],
  ["scissors", "paper", 0],
  ["paper", "rock", 0],
  ["scissors", "rock", 1],
  ["paper", "scissors", 1],
  ["rock", "paper", 1],
  ...HANDS.map((hand): [Hand, Hand, undefined] => [hand, hand, undefined]),
])("%s against %s", (first, second, winner) => {
  expect(winnerOfHands([first, second])).toBe(winner);
});

/** Two pages over a wire. `tells` returns whether the stranger's page let it count. */
function twoPages() {
  const pages: [HandMatch, HandMatch] = [newHandMatch("m1", NO_GAMES), newHandMatch("m1", NO_GAMES)];
  const at = (page: Side, by: Side, found: Record<string, unknown>) => {
    const move = parseHandMove(JSON.parse(JSON.stringify(found)));
    const after = move && playHand(pages[page], by, move, digest);
    if (after) pages[page] = after;
    return after !== undefined;
  };
  const hear = (by: Side, found: Record<string, unknown>) => at(otherSide(by), by, found);
  const both = (by: Side, found: Record<string, unknown>) => at(by, by, found) && hear(by, found);
  const commit = (by: Side, hand: Hand, round = 0) => {
    const hash = digest(boundText("m1", by, round, { hand, secret: secretOf(by) }));
    return both(by, { do: "commit", round, hash });
  };
  const show = (by: Side, hand: Hand, round = 0) =>
    both(by, { do: "show", round, hand, secret: secretOf(by) });
  return { pages, hear, commit, show };
}

test("hashes as the standard says, and makes a new secret each time", () => {
  expect(digest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(newSecret()).toMatch(/^[0-9a-f]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});

describe("two pages", () => {
  test("play rounds, with the same score on both", () => {
    const { pages, commit, show } = twoPages();
    expect(commit(1, "paper")).toBe(true);
    expect(commit(0, "rock")).toBe(true);
    expect(show(0, "rock")).toBe(true);
    expect(pages[1].record.games).toBe(0);
    expect(show(1, "paper")).toBe(true);
    expect(pages[0]).toEqual(pages[1]);
    expect(pages[0].record).toEqual({ games: 1, score: [0, 1] });
    expect(pages[0].last).toEqual(["rock", "paper"]);
    for (const by of [0, 1] as const) commit(by, "rock", 1);
    for (const by of [0, 1] as const) show(by, "rock", 1);
    expect(pages[1].record).toEqual({ games: 2, score: [0, 1] });
  });

  test("show nothing before both are bound", () => {
    const { pages, commit, hear } = twoPages();
    commit(0, "rock");
    expect(hear(0, { do: "show", round: 0, hand: "rock", secret: secretOf(0) })).toBe(false);
    expect(pages[1].shown).toEqual([undefined, undefined]);
  });

  test("notice who changes their mind after seeing my hand", () => {
    const { pages, commit, show, hear } = twoPages();
    commit(0, "rock");
    commit(1, "scissors");
    show(0, "rock");
    expect(hear(1, { do: "show", round: 0, hand: "paper", secret: secretOf(1) })).toBe(false);
    expect(hear(1, { do: "show", round: 0, hand: "scissors", secret: secretOf(0) })).toBe(false);
    expect(hear(1, { do: "commit", round: 0, hash: digest("another") })).toBe(false);
    expect(pages[0].record).toEqual(NO_GAMES);
    expect(show(1, "scissors")).toBe(true); // what they were bound to still counts
    expect(pages[0].record.score).toEqual([1, 0]);
  });

  test("notice who repeats my hash and my hand", () => {
    const { pages, commit, show, hear } = twoPages();
    commit(0, "rock");
    expect(hear(1, { do: "commit", round: 0, hash: pages[0].commits[0] ?? "" })).toBe(true);
    const mine: Choice = { hand: "rock", secret: secretOf(0) };
    show(0, "rock");
    expect(hear(1, { do: "show", round: 0, ...mine })).toBe(false);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a later round", { do: "commit", round: 1, hash: digest("x") }],
    ["an earlier round", { do: "commit", round: -1, hash: digest("x") }],
    ["a short hash", { do: "commit", round: 0, hash: "ab" }],
    ["a huge hash", { do: "commit", round: 0, hash: "a".repeat(4_000) }],
    ["a hash in capitals", { do: "commit", round: 0, hash: "A".repeat(64) }],
    ["a hash that is no text", { do: "commit", round: 0, hash: 5 }],
    ["a hand without being bound", { do: "show", round: 0, hand: "rock", secret: secretOf(1) }],
    ["another hand", { do: "show", round: 0, hand: "well", secret: secretOf(1) }],
    ["a name of all objects", { do: "show", round: 0, hand: "constructor", secret: secretOf(1) }],
    ["markup", { do: "show", round: 0, hand: "<b>rock</b>", secret: "<script>" }],
    ["a list", { do: ["commit"], round: [0], hash: [digest("x")] }],
    ["nothing", {}],
  ])("ignore %s", (_, found) => {
    const { pages, hear } = twoPages();
    expect(hear(1, found)).toBe(false);
    expect(pages[0]).toEqual(newHandMatch("m1", NO_GAMES));
  });

  test("cannot be flooded", () => {
    const { pages, hear } = twoPages();
    for (let n = 0; n < 5_000; n += 1) hear(1, { do: "commit", round: 0, hash: digest(`${n}`) });
    expect(pages[0].commits[1]).toBe(digest("0"));
  });
});
