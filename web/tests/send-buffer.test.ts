import { describe, expect, test } from "vitest";
import {
  acknowledge,
  add,
  hasRoom,
  NOTHING_SENT,
  paused,
  planRepeat,
  repeat,
  resendAll,
  type SendBuffer,
  withdraw,
} from "../src/core/call/send-buffer";
import type { Chat, Reveal } from "../src/messages.generated";

const chat = (id: string): Chat => ({ type: "chat", match: "m1", n: 0, text: id, id });
const reveal: Reveal = { type: "reveal", match: "m1", n: 0 };

function holding(...messages: (Chat | Reveal)[]): SendBuffer {
  return messages.reduce((buffer, message) => add(buffer, message)[0], NOTHING_SENT);
}

const numbers = ({ waiting }: SendBuffer) => waiting.map(({ n }) => n);
const names = ({ waiting }: SendBuffer) => waiting.map((one) => (one.type === "chat" ? one.id : "reveal"));

/** Returns the seconds at which the oldest message is repeated until `end`, with an exact timer. */
function repeatsOf(buffer: SendBuffer, end: number): number[] {
  const times: number[] = [];
  let now = buffer.repeatAt ?? Number.POSITIVE_INFINITY;
  for (let left = buffer; now <= end * 1000; now = left.repeatAt ?? Number.POSITIVE_INFINITY) {
    const [after, oldest] = repeat(left, now);
    expect(oldest?.n).toBe(1);
    times.push(now / 1000);
    left = after;
  }
  return times;
}

describe("messages that must arrive", () => {
  test("have numbers from 1, lines and the curtain together", () => {
    const buffer = holding(chat("a"), reveal, chat("b"));
    expect([numbers(buffer), names(buffer)]).toEqual([
      [1, 2, 3],
      ["a", "reveal", "b"],
    ]);
  });

  test("keep counting after all have arrived", () => {
    const [empty] = acknowledge(holding(chat("a"), chat("b")), 2, 0);
    expect(numbers(add(empty, chat("c"))[0])).toEqual([3]);
  });

  test("are limited: sixty lines wait, and the curtain with them", () => {
    const almost = holding(reveal, ...Array.from({ length: 59 }, (_, n) => chat(`${n}`)));
    expect(hasRoom(almost)).toBe(true);
    const full = add(almost, chat("59"))[0];
    expect(hasRoom(full)).toBe(false);
    expect(hasRoom(acknowledge(full, 2, 0)[0])).toBe(true);
  });
});

describe("an acknowledgement", () => {
  const buffer = holding(chat("a"), chat("b"), chat("c"));

  test("counts for everything up to its number", () => {
    const [left, arrived] = acknowledge(buffer, 2, 0);
    expect([numbers(left), arrived.map(({ n }) => n)]).toEqual([[3], [1, 2]]);
  });

  test.each([0, -1, 4, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("of %d is ignored", (n) => {
    expect(acknowledge(buffer, n, 0)).toEqual([buffer, []]);
  });

  test("of a repeated line sends the next one at once, until none waits", () => {
    const [repeated] = repeat(planRepeat(holding(chat("a"), chat("b"), chat("c")), 0), 3_000);
    const [second, , b] = acknowledge(repeated, 1, 3_100);
    const [third, , c] = acknowledge(second, 2, 3_200);
    const [done, , none] = acknowledge(third, 3, 3_300);
    expect([b?.n, c?.n, none]).toEqual([2, 3, undefined]);
    const more = planRepeat(add(add(done, chat("d"))[0], chat("e"))[0], 4_000);
    expect(acknowledge(more, 4, 4_100)[2]).toBeUndefined();
  });

  test("of a line that was not repeated sends nothing", () => {
    expect(acknowledge(planRepeat(buffer, 0), 1, 100)[2]).toBeUndefined();
    const [repeated] = repeat(planRepeat(buffer, 0), 3_000);
    expect(acknowledge(resendAll(repeated, 3_050)[0], 1, 3_100)[2]).toBeUndefined();
  });

  test("that comes twice or late is ignored", () => {
    const [left] = acknowledge(buffer, 2, 0);
    expect(acknowledge(left, 2, 0)).toEqual([left, []]);
    expect(acknowledge(left, 1, 0)).toEqual([left, []]);
  });
});

describe("the oldest message is repeated", () => {
  const once = planRepeat(holding(chat("a"), chat("b")), 0);

  test("after 3, 6, 12, 24, 30 and 30 seconds", () => {
    expect(repeatsOf(once, 140)).toEqual([3, 9, 21, 45, 75, 105, 135]);
  });

  test("and not before its time", () => {
    expect(repeat(once, 2_999)).toEqual([once, undefined]);
  });

  test("with pauses that start anew after an acknowledgement", () => {
    let buffer = once;
    for (const now of [3_000, 9_000, 21_000]) [buffer] = repeat(buffer, now);
    const [left] = acknowledge(buffer, 1, 30_000);
    expect(left.repeatAt).toBe(33_000);
    expect(repeat(left, 33_000)[1]?.n).toBe(2);
    expect(repeat(left, 33_000)[0].repeatAt).toBe(39_000);
  });

  test("and new messages do not delay it", () => {
    expect(planRepeat(add(once, chat("c"))[0], 2_000).repeatAt).toBe(3_000);
  });

  test("not while the partner cannot be reached, and from the start afterwards", () => {
    const [late] = repeat(repeat(once, 3_000)[0], 9_000);
    const away = paused(late);
    expect(repeat(away, 1_000_000)).toEqual([away, undefined]);
    expect(resendAll(away, 100_000)[0].repeatAt).toBe(103_000);
  });

  test("not when nothing waits", () => {
    expect(acknowledge(once, 2, 1_000)[0].repeatAt).toBeUndefined();
    expect(planRepeat(NOTHING_SENT, 0).repeatAt).toBeUndefined();
  });
});

describe("everything is sent again", () => {
  const one = planRepeat(holding(chat("a"), chat("b")), 0);

  test("at once when the partner is back", () => {
    const [again, waiting] = resendAll(paused(one), 1_000);
    expect(waiting.map(({ n }) => n)).toEqual([1, 2]);
    expect(again.repeatAt).toBe(4_000);
  });

  test("at most once in three seconds, even if the partner comes and goes a hundred times", () => {
    let buffer = one;
    let frames = 0;
    for (let now = 1_000; now < 11_000; now += 100) {
      const [back, waiting] = resendAll(paused(buffer), now);
      buffer = back;
      frames += waiting.length;
    }
    expect(frames).toBe(2 * 4);
  });

  test("one by one if that was done a moment ago", () => {
    const [first] = resendAll(one, 1_000);
    const [second, none] = resendAll(paused(first), 2_000);
    expect([none, second.repeatAt]).toEqual([[], 5_000]);
    const [repeated, oldest] = repeat(second, 5_000);
    expect(oldest?.n).toBe(1);
    expect(acknowledge(repeated, 1, 5_100)[2]?.n).toBe(2);
  });
});

describe("a line that the gateway refuses", () => {
  test("leaves no gap: later ones move up", () => {
    const left = withdraw(planRepeat(holding(chat("a"), chat("b"), reveal, chat("c")), 0), "b") as SendBuffer;
    expect([names(left), numbers(left)]).toEqual([
      ["a", "reveal", "c"],
      [1, 2, 3],
    ]);
    expect(numbers(add(left, chat("d"))[0])).toEqual([1, 2, 3, 4]);
  });

  test("keeps its place if it may have arrived", () => {
    const buffer = planRepeat(holding(chat("a"), chat("b")), 0);
    expect(withdraw(repeat(buffer, 3_000)[0], "a")).toBeUndefined();
    expect(withdraw(repeat(buffer, 3_000)[0], "b")).toBeDefined();
    expect(withdraw(resendAll(buffer, 0)[0], "b")).toBeUndefined();
  });

  test("is ignored if it has arrived or never existed", () => {
    const [left] = acknowledge(holding(chat("a"), chat("b")), 1, 0);
    expect([withdraw(left, "a"), withdraw(left, "z")]).toEqual([undefined, undefined]);
  });
});
