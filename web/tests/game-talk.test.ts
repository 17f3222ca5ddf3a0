import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type FourMatch,
  gameOf,
  newFourMatch,
  parseFourMove,
  playFour,
} from "../src/core/together/four-match";
import { type GameRecord, NO_GAMES } from "../src/core/together/game-record";
import { otherSide, type Side } from "../src/core/together/sides";
import { LONGEST, type PeerMessage } from "../src/peer/peer-channel";
import { GameTalk } from "../src/together/games/game-talk";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** One end of a channel. What is sent waits until the other end takes it. */
class End {
  readonly sent: PeerMessage[] = [];
  /** A slow channel sends nothing. */
  slow = false;
  private take: ((message: PeerMessage) => void) | undefined;

  send = (message: PeerMessage): boolean => {
    if (!this.slow) this.sent.push(message);
    return !this.slow;
  };

  listen = (_: string, take: (message: PeerMessage) => void): void => {
    this.take = take;
  };

  says(message: unknown): void {
    this.take?.(JSON.parse(JSON.stringify(message)) as PeerMessage);
  }
}

/** A page with a game of four in a row. */
class Page {
  readonly end = new End();
  readonly talk: GameTalk;
  state: FourMatch | undefined;
  broken = 0;

  constructor(
    readonly side: Side,
    record: GameRecord = NO_GAMES,
  ) {
    this.talk = new GameTalk({
      channel: this.end,
      type: "four",
      record,
      onReady: (agreed) => {
        this.state = newFourMatch("m1", agreed);
      },
      onMove: (found) => this.play(otherSide(side), found),
      onBroken: () => {
        this.broken += 1;
      },
    });
  }

  drop(column: number): void {
    const { state } = this;
    if (!state) return;
    const move = { do: "drop" as const, game: gameOf(state), move: state.board.moves, column };
    if (this.play(this.side, move)) this.talk.send(move);
  }

  hears(other: Page): void {
    for (const message of other.end.sent.splice(0)) this.end.says(message);
  }

  private play(side: Side, found: Record<string, unknown>): boolean {
    const move = parseFourMove(found);
    const after = move && this.state && playFour(this.state, side, move);
    if (after) this.state = after;
    return after !== undefined;
  }
}

function talk(one: Page, other: Page): void {
  while (one.end.sent.length + other.end.sent.length > 0) {
    other.hears(one);
    one.hears(other);
  }
}

describe("two pages", () => {
  test("play a whole game over the channel", () => {
    const pages = [new Page(0), new Page(1)] as const;
    expect(pages[0].state).toBeUndefined();
    talk(...pages);
    for (const column of [3, 4, 3, 4, 3, 4, 3]) {
      for (const page of pages) if (page.state?.board.turn === page.side) page.drop(column);
      talk(...pages);
    }
    expect(pages[0].state).toEqual(pages[1].state);
    expect(pages[0].state?.record.games).toBe(1);
    expect(pages.map(({ broken }) => broken)).toEqual([0, 0]);
  });

  test.each<[string, GameRecord, GameRecord]>([
    ["go on with the score that both remember", { games: 3, score: [2, 1] }, { games: 3, score: [2, 1] }],
    ["begin anew after a reload", NO_GAMES, NO_GAMES],
    ["begin anew if one claims more wins", { games: 3, score: [0, 3] }, NO_GAMES],
  ])("%s", (_, theirs, agreed) => {
    const pages = [new Page(0, { games: 3, score: [2, 1] }), new Page(1, theirs)] as const;
    talk(...pages);
    expect(pages.map(({ state }) => state?.record)).toEqual([agreed, agreed]);
  });

  test("wait for a slow channel, and keep the order", () => {
    const pages = [new Page(0), new Page(1)] as const;
    talk(...pages);
    const [first, second] = pages[0].state?.board.turn === 0 ? pages : [pages[1], pages[0]];
    first.end.slow = true;
    first.drop(2);
    talk(...pages);
    expect(second.state?.board.moves).toBe(0);
    first.end.slow = false;
    vi.advanceTimersByTime(500);
    talk(...pages);
    expect(second.state).toEqual(first.state);
    first.end.slow = true;
    second.drop(2);
    talk(...pages);
    first.drop(3);
    first.talk.close();
    vi.advanceTimersByTime(5_000);
    expect(first.end.sent).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a stranger's page", () => {
  test.each<[string, unknown]>([
    ["out of turn", { type: "four", do: "drop", game: 0, move: 0, column: 3 }],
    ["what makes no sense", { type: "four", do: { drop: 1 } }],
    ["that it is ready again", { type: "four", do: "here", games: 0, score: [0, 0] }],
    ["something long", { type: "four", do: "x".repeat(LONGEST) }],
  ])("that says %s changes nothing, and the visitor is told", (_, said) => {
    const one = new Page(0);
    talk(one, new Page(1));
    const before = one.state; // it is this page's turn
    one.end.says(said);
    expect(one.state).toBe(before);
    expect(one.broken).toBe(1);
  });

  test("cannot begin before it is ready", () => {
    const one = new Page(0);
    one.end.says({ type: "four", do: "drop", game: 0, move: 0, column: 3 });
    one.end.says({ type: "four", do: "here", games: "many", score: [0, 0] });
    expect([one.state, one.broken]).toEqual([undefined, 2]);
  });

  test("that floods changes nothing", () => {
    const one = new Page(0);
    talk(one, new Page(1));
    for (let n = 0; n < 5_000; n += 1)
      one.end.says({ type: "four", do: "drop", game: n, move: 7, column: 3 });
    expect([one.state?.board.moves, one.broken]).toEqual([0, 5_000]);
  });
});
