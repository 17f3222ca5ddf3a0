import { describe, expect, test } from "vitest";
import type { MinuteStats } from "../src/http.generated";
import { columns, decades, extent, powersBetween } from "../src/status/figures";
import { formatsFor } from "../src/status/formats";

const NOON = Date.parse("2026-01-01T12:00:00Z") / 1000;

function minute(back: number, matches: number, wait: number | null = 0.1): MinuteStats {
  const began = new Date((NOON - back * 60) * 1000).toISOString();
  return { minute: began, online: matches * 2, matches, repeats: null, wait_p50: wait, wait_p99: wait };
}

describe("the last hour", () => {
  test("has sixty places up to the newest minute, in any order", () => {
    const { times } = columns([minute(0, 1), minute(3, 2)]);
    expect([times.length, times[0], times.at(-1)]).toEqual([60, NOON - 59 * 60, NOON]);
  });

  test("has gaps for unknown minutes, and zero for minutes without matches", () => {
    const { matches, running, online, half } = columns([minute(3, 7), minute(1, 0, null), minute(0, 2)]);
    expect(matches.slice(-5)).toEqual([null, 7, null, 0, null]);
    expect(running.slice(-5)).toEqual([null, null, null, null, 2]);
    expect(online.slice(-5)).toEqual([null, 14, null, 0, 4]);
    expect(half.slice(-5)).toEqual([null, 0.1, null, null, 0.1]);
  });

  test("is empty if nothing is known", () => {
    expect(columns([])).toEqual({
      times: [],
      online: [],
      matches: [],
      running: [],
      half: [],
      most: [],
      repeats: [],
    });
  });

  test("leaves out older minutes", () => {
    expect(columns([minute(90, 5), minute(0, 1)]).matches.filter((one) => one !== null)).toEqual([]);
  });
});

test("a chart has a description for screen readers", () => {
  expect(extent([null, 3, null, 1, 2, null])).toEqual({ least: 1, most: 3, last: 2, minutes: 3 });
  expect(extent([null, null])).toBeUndefined();
});

test.each([
  [null, null, [0.01, 10]],
  [0.12, 3.4, [0.1, 10]],
  [0.1, 0.1, [0.1, 1]],
  [0.002, 700, [0.001, 1000]],
])("waits between %d and %d are between whole powers of ten", (least, most, ends) => {
  const [low, high] = decades(least, most);
  expect(low).toBeCloseTo(ends[0] ?? 0, 9);
  expect(high).toBeCloseTo(ends[1] ?? 0, 9);
  expect(powersBetween(low, high)).toHaveLength(Math.round(Math.log10(high / low)) + 1);
});

test.each([
  [0.0031, "3.1 ms"],
  [0.99, "990 ms"],
  [0.9999, "1 sec"],
  [12.4, "12 sec"],
  [180, "3 min"],
])("a duration of %d s is written as %s", (seconds, said) => {
  expect(formatsFor("en").duration(seconds)).toBe(said);
});

test("numbers are written as in the reader's language", () => {
  expect([formatsFor("de").number(1234.56), formatsFor("en").number(1234.56)]).toEqual([
    "1.234,6",
    "1,234.6",
  ]);
  expect(formatsFor("en").share(0.0213)).toBe("2.1%");
});
