import { describe, expect, test } from "vitest";
import { MOST_POINTS_OF_A_MESSAGE, parseDrawMessage } from "../src/core/together/draw-message";
import {
  Drawing,
  MOST_POINTS,
  MOST_POINTS_OF_A_STROKE,
  MOST_STROKES,
  SHEET_HEIGHT,
  SHEET_WIDTH,
} from "../src/core/together/drawing";
import { pointAt, SharedDrawing, type SheetPoint } from "../src/core/together/shared-drawing";
import { LONGEST } from "../src/peer/peer-channel";

const BLUE = { colour: 1, pen: 0 };
const RED = { colour: 2, pen: 1 };
const line = {
  do: "line",
  sheet: 0,
  number: 0,
  time: 1,
  colour: 0,
  pen: 0,
  points: [1, 2, 3, 4],
  done: false,
};

/** Sends all that waits from one page to the other, as text. */
function tell(from: SharedDrawing, to: SharedDrawing): string[] {
  const sent: string[] = [];
  for (let next = from.nextMessage; next; next = from.nextMessage) {
    const text = JSON.stringify(next);
    from.told();
    sent.push(text);
    to.take(JSON.parse(text));
  }
  return sent;
}

function open(...pages: [SharedDrawing, SharedDrawing]): void {
  for (const page of pages) page.open();
  tell(pages[0], pages[1]);
  tell(pages[1], pages[0]);
  tell(pages[0], pages[1]);
}

function twoPages(): [SharedDrawing, SharedDrawing] {
  const pages: [SharedDrawing, SharedDrawing] = [new SharedDrawing(0), new SharedDrawing(1)];
  open(...pages);
  return pages;
}

function stroke(page: SharedDrawing, points: readonly SheetPoint[], tool = BLUE): void {
  const [first, ...rest] = points;
  page.penDown(first as SheetPoint, tool);
  for (const point of rest) page.penMove(point);
  page.penUp();
}

/** Everything that is seen. */
const seen = ({ drawing }: SharedDrawing) =>
  drawing.all.map(({ side, colour, pen, points }) => ({ side, colour, pen, points }));

describe("two pages", () => {
  test("have the same drawing, whoever draws", () => {
    const [one, other] = twoPages();
    stroke(one, [
      [10, 10],
      [100, 100],
      [200, 50],
    ]);
    tell(one, other);
    stroke(
      other,
      [
        [50, 50],
        [60, 90],
      ],
      RED,
    );
    tell(other, one);
    expect(seen(other)).toEqual([
      { side: 0, ...BLUE, points: [10, 10, 100, 100, 200, 50] },
      { side: 1, ...RED, points: [50, 50, 60, 90] },
    ]);
    expect(seen(one)).toEqual(seen(other));
  });

  test("put strokes that cross on the wire in the same order", () => {
    const [one, other] = twoPages();
    for (let n = 0; n < 5; n += 1)
      stroke(one, [
        [n, 0],
        [n, 99],
      ]);
    for (let n = 0; n < 3; n += 1)
      stroke(
        other,
        [
          [0, n],
          [99, n],
        ],
        RED,
      );
    tell(other, one);
    tell(one, other);
    expect(seen(one)).toEqual(seen(other));
    expect(seen(one)).toHaveLength(8);
  });

  test("draw at once, in small messages", () => {
    const [one, other] = twoPages();
    one.penDown([0, 0], BLUE);
    other.penDown([500, 500], RED);
    for (let n = 1; n < 30; n += 1) {
      one.penMove([n * 10, 0]);
      other.penMove([500 + n * 10, 500]);
      if (n % 3 === 0) tell(one, other);
      if (n % 4 === 0) tell(other, one);
    }
    for (const page of [one, other]) page.penUp();
    tell(one, other);
    tell(other, one);
    expect(seen(one)).toEqual(seen(other));
    expect(seen(one).map(({ points }) => points.length)).toEqual([60, 60]);
  });

  test("take back my newest stroke only", () => {
    const [one, other] = twoPages();
    stroke(one, [
      [0, 0],
      [9, 9],
    ]);
    stroke(one, [
      [50, 0],
      [59, 9],
    ]);
    tell(one, other);
    stroke(
      other,
      [
        [80, 0],
        [89, 9],
      ],
      RED,
    );
    tell(other, one);
    expect(one.undo()).toBe(true);
    tell(one, other);
    expect(seen(other).map(({ side, points }) => [side, points[0]])).toEqual([
      [0, 0],
      [1, 80],
    ]);
    expect(one.undo()).toBe(true);
    expect(one.undo()).toBe(false);
    stroke(one, [[7, 7]]);
    tell(one, other);
    expect(seen(one)).toEqual(seen(other));
    expect(seen(other)).toHaveLength(2);
  });

  test("take back a stroke that is not finished, and forget its rest", () => {
    const [one, other] = twoPages();
    one.penDown([0, 0], BLUE);
    tell(one, other);
    one.penMove([90, 90]);
    one.undo();
    one.penMove([95, 95]);
    tell(one, other);
    expect([seen(one), seen(other)]).toEqual([[], []]);
  });

  test("clear the sheet when both want it, and lose what was on its way", () => {
    const [one, other] = twoPages();
    stroke(one, [
      [0, 0],
      [9, 9],
    ]);
    tell(one, other);
    one.clear();
    expect(seen(one)).toHaveLength(1);
    tell(one, other);
    expect([one.clearing, other.clearing]).toEqual(["me", "stranger"]);
    stroke(one, [
      [20, 20],
      [30, 30],
    ]);
    other.clear();
    tell(one, other);
    tell(other, one);
    expect([seen(one), seen(other)]).toEqual([[], []]);
    expect([one.clearing, other.clearing]).toEqual(["nobody", "nobody"]);
    stroke(other, [[1, 1]]);
    tell(other, one);
    expect(seen(one)).toEqual(seen(other));
    expect(seen(one)).toHaveLength(1);
  });

  test("clear it once if both ask at the same time", () => {
    const [one, other] = twoPages();
    stroke(one, [[0, 0]]);
    one.clear();
    other.clear();
    tell(one, other);
    tell(other, one);
    expect([one.drawing.sheet, other.drawing.sheet]).toEqual([1, 1]);
    expect([one.clearing, other.clearing]).toEqual(["nobody", "nobody"]);
  });

  test("keep it if one wants to", () => {
    const [one, other] = twoPages();
    stroke(one, [[0, 0]]);
    one.clear();
    tell(one, other);
    other.keep();
    tell(other, one);
    expect([one.clearing, other.clearing]).toEqual(["nobody", "nobody"]);
    expect(seen(one)).toHaveLength(1);
    expect(seen(other)).toEqual(seen(one));
  });
});

describe("after a reload", () => {
  /** `one` still has the drawing, and the other page is new. */
  function reloaded(strokes: number, points = 2) {
    const [one, other] = twoPages();
    const path = Array.from({ length: points }, (_, n): SheetPoint => [(n * 5) % SHEET_WIDTH, n % 1_000]);
    for (let n = 0; n < strokes; n += 1) {
      stroke(one, path);
      tell(one, other);
      stroke(other, path, RED);
      tell(other, one);
    }
    return { one, fresh: new SharedDrawing(1) };
  }

  test("the other page tells the drawing, and both go on", () => {
    const { one, fresh } = reloaded(3);
    open(one, fresh);
    expect(seen(fresh)).toEqual(seen(one));
    expect(seen(fresh)).toHaveLength(6);
    expect(fresh.stage).toBe("open");
    stroke(fresh, [[700, 700]], RED);
    tell(fresh, one);
    fresh.undo();
    fresh.undo();
    tell(fresh, one);
    expect(seen(fresh)).toEqual(seen(one));
    expect(seen(one)).toHaveLength(5);
  });

  test("a new stroke counts, although the page before had taken one back", () => {
    const [one, other] = twoPages();
    stroke(other, [[1, 1]]);
    stroke(other, [[2, 2]]);
    other.undo();
    tell(other, one);
    const fresh = new SharedDrawing(1);
    open(one, fresh);
    stroke(fresh, [[3, 3]]);
    tell(fresh, one);
    expect(seen(one).map(({ points }) => points[0])).toEqual([1, 3]);
  });

  test("it comes in messages that a channel takes, also if it is the largest", () => {
    const { one, fresh } = reloaded(MOST_POINTS / MOST_POINTS_OF_A_STROKE, MOST_POINTS_OF_A_STROKE);
    one.open();
    fresh.open();
    tell(fresh, one);
    const sent = tell(one, fresh);
    expect(sent.length).toBeLessThan(250);
    expect(Math.max(...sent.map((text) => text.length))).toBeLessThan(LONGEST);
    expect(seen(fresh)).toEqual(seen(one));
  });

  test("what both remember is told by one of them", () => {
    const [one, other] = twoPages();
    stroke(one, [[0, 0]]); // it never arrives
    open(one, other);
    expect(seen(other)).toEqual(seen(one));
    expect(seen(one)).toHaveLength(1);
  });

  test("nobody draws before both are ready", () => {
    const page = new SharedDrawing(0);
    page.open();
    stroke(page, [[0, 0]]);
    expect(seen(page)).toEqual([]);
    page.take({ do: "here", sheet: 0, strokes: 4 });
    stroke(page, [[0, 0]]);
    expect(seen(page)).toEqual([]);
    page.take({ do: "all", sheet: 0 });
    stroke(page, [[0, 0]]);
    expect(seen(page)).toHaveLength(1);
  });
});

describe("a stranger's page", () => {
  test.each<[string, unknown]>([
    ["a point beside the sheet", { ...line, points: [SHEET_WIDTH, 0] }],
    ["a point below the sheet", { ...line, points: [0, SHEET_HEIGHT] }],
    ["a point before the sheet", { ...line, points: [-1, 0] }],
    ["half a point", { ...line, points: [1, 2, 3] }],
    ["a point between points", { ...line, points: [0.5, 1] }],
    ["a point in words", { ...line, points: ["1", "2"] }],
    ["a point that is no number", { ...line, points: [null, 1] }],
    ["too many points", { ...line, points: Array(2 * MOST_POINTS_OF_A_MESSAGE + 2).fill(1) }],
    ["points in an object", { ...line, points: { length: 2, 0: 1, 1: 1 } }],
    ["no points", { ...line, points: undefined }],
    ["another colour", { ...line, colour: 99 }],
    ["a colour in words", { ...line, colour: "url(https://example.com)" }],
    ["another pen", { ...line, pen: 2 }],
    ["a huge number", { ...line, number: 1e12 }],
    ["a huge time", { ...line, time: 1e12 }],
    ["another side", { ...line, side: 2 }],
    ["no end", { ...line, done: "yes" }],
    ["a sheet in words", { ...line, sheet: "0" }],
    ["another word", { do: "erase", sheet: 0 }],
    ["a count of strokes in words", { do: "here", sheet: 0, strokes: "many" }],
    ["nothing", {}],
  ])("may not say %s", (_, found) => {
    expect(parseDrawMessage(found as Record<string, unknown>)).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>]>([
    ["draw for me", { ...line, side: 0 }],
    ["draw for itself as if it told a sheet", { ...line, side: 1 }],
    ["draw on another sheet", { ...line, sheet: 1 }],
    ["take back what it never drew", { do: "undo", sheet: 0 }],
    ["keep what nobody clears", { do: "keep", sheet: 0 }],
    ["begin again", { do: "here", sheet: 9, strokes: 9 }],
    ["tell all without being asked", { do: "all", sheet: 0 }],
  ])("cannot %s", (_, found) => {
    const [one] = twoPages();
    stroke(one, [[1, 1]]);
    expect(one.take(found)).toBeUndefined();
    expect(seen(one)).toEqual([{ side: 0, ...BLUE, points: [1, 1] }]);
    expect([one.stage, one.clearing, one.drawing.sheet]).toEqual(["open", "nobody", 0]);
  });

  test("cannot clear the sheet alone, however often it asks", () => {
    const [one] = twoPages();
    stroke(one, [[1, 1]]);
    for (let n = 0; n < 100; n += 1) one.take({ do: "clear", sheet: 0 });
    expect(seen(one)).toHaveLength(1);
    one.keep();
    expect(one.nextMessage).toBeDefined();
  });

  test("cannot fill the memory with one stroke", () => {
    const [one] = twoPages();
    const points = Array(2 * MOST_POINTS_OF_A_MESSAGE).fill(1);
    for (let n = 0; n < 1_000; n += 1) one.take({ ...line, points });
    expect(one.drawing.all[0]?.points).toHaveLength(2 * MOST_POINTS_OF_A_STROKE);
  });

  test("cannot fill it with many strokes, and I can still draw", () => {
    const [one] = twoPages();
    const points = Array(2 * 150).fill(1); // the last stroke has room for a part of its points
    for (let n = 0; n < 3_000; n += 1) one.take({ ...line, number: n, time: n + 1, points, done: true });
    expect(one.drawing.all.flatMap((found) => found.points)).toHaveLength(2 * MOST_POINTS);
    stroke(one, [[5, 5]]);
    expect(seen(one).at(-1)).toEqual({ side: 0, ...BLUE, points: [5, 5] });
  });

  test("cannot fill it with empty strokes", () => {
    const [one] = twoPages();
    for (let n = 0; n < 3_000; n += 1) one.take({ ...line, number: n, time: n + 1, points: [], done: true });
    expect(one.drawing.all).toHaveLength(MOST_STROKES);
  });
});

describe("my pen", () => {
  test.each<[[number, number], SheetPoint]>([
    [
      [0, 0],
      [0, 0],
    ],
    [
      [1, 1],
      [SHEET_WIDTH - 1, SHEET_HEIGHT - 1],
    ],
    [
      [0.5, 0.25],
      [800, 300],
    ],
    [
      [-3, 7],
      [0, SHEET_HEIGHT - 1],
    ],
  ])("at the fraction %j is at %j", (fraction, point) => {
    expect(pointAt(...fraction)).toEqual(point);
  });

  test("leaves out points that are close to each other", () => {
    const [one] = twoPages();
    stroke(one, [
      [10, 10],
      [11, 11],
      [12, 10],
      [20, 10],
    ]);
    expect(seen(one)[0]?.points).toEqual([10, 10, 20, 10]);
  });

  test("goes on in another stroke when one is long enough", () => {
    const [one, other] = twoPages();
    const path = Array.from({ length: 2_500 }, (_, n): SheetPoint => [(n * 5) % SHEET_WIDTH, n % 1_000]);
    stroke(one, path);
    tell(one, other);
    expect(seen(one).map(({ points }) => points.length / 2)).toEqual([1_000, 1_000, 502]);
    expect(seen(other)).toEqual(seen(one));
  });

  test("stops when the sheet is full, and goes on after taking back", () => {
    const [one] = twoPages();
    for (let n = 0; n < MOST_STROKES; n += 1) stroke(one, [[n, 0]]);
    expect(one.isFull).toBe(true);
    stroke(one, [[0, 9]]);
    expect(one.myStrokes).toBe(MOST_STROKES);
    one.undo();
    stroke(one, [[0, 9]]);
    expect(seen(one).at(-1)?.points).toEqual([0, 9]);
  });
});

test("a drawing is painted again only when something below has changed", () => {
  const drawing = new Drawing();
  const head = { number: 0, time: 5, colour: 0, pen: 0 };
  drawing.draw(0, head, [1, 1], false);
  drawing.draw(0, head, [2, 2], true);
  drawing.draw(1, { ...head, time: 6 }, [3, 3], true);
  expect(drawing.revision).toBe(0);
  drawing.draw(0, { ...head, number: 1, time: 6 }, [4, 4], true); // below the other side's
  expect(drawing.all.map(({ time, side }) => [time, side])).toEqual([
    [5, 0],
    [6, 0],
    [6, 1],
  ]);
  expect(drawing.revision).toBe(1);
});
