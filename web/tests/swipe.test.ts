import { describe, expect, test } from "vitest";
import { maySwipe, type Screen, swiped } from "../src/core/swipe";

const phone: Screen = { stage: 390, window: 390, rightToLeft: false };
const from = { x: 300, y: 400, at: 1_000 };
const to = (x: number, y = 400, after = 300) => ({ x, y, at: from.at + after });

describe("a swipe", () => {
  test("is done after a third of the picture, and shows how far it is", () => {
    expect(swiped(from, to(300 - 65), phone)).toBe(0.5);
    expect(swiped(from, to(300 - 129), phone)).toBeLessThan(1);
    expect(swiped(from, to(300 - 130), phone)).toBe(1);
    expect(swiped(from, to(30), phone)).toBe(1);
  });

  test("goes to the right where one reads from right to left", () => {
    const arabic = { ...phone, rightToLeft: true };
    const start = { ...from, x: 100 };
    expect(swiped(start, to(230), arabic)).toBe(1);
    expect(swiped(start, to(30), arabic)).toBeUndefined();
    expect(swiped(start, to(230), phone)).toBeUndefined();
  });

  test.each([
    ["up or down", to(300, 200)],
    ["as much down as aside", to(160, 540)],
    ["a little more aside than down", to(160, 480)],
    ["back", to(340)],
    ["slowly", to(100, 400, 801)],
  ])("is none that goes %s", (_, end) => {
    expect(swiped(from, end, phone)).toBeUndefined();
  });

  test("is nothing yet while the finger only trembles", () => {
    expect(swiped(from, to(295, 408), phone)).toBe(0);
    expect(swiped(from, to(300, 400, 5_000), phone), "nor while it rests").toBe(0);
  });

  test.each([
    [0, false],
    [23, false],
    [24, true],
    [200, true],
    [366, true],
    [367, false],
  ])("that begins at %i of 390 pixels may begin: %s", (x, may) => {
    expect(maySwipe({ ...from, x }, phone)).toBe(may);
  });
});
