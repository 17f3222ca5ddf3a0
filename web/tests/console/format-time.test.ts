import { describe, expect, test } from "vitest";
import {
  DURATIONS,
  formatAge,
  formatDuration,
  formatExactTime,
  formatSpan,
  formatTime,
  formatUntil,
  formatUtc,
  formatWait,
  isoDay,
} from "../../console/src/format-time";

const NOW = Date.parse("2026-11-25T12:00:00Z");

test("what a moderator may choose includes what is usual for a minor: no end", () => {
  expect(DURATIONS).toEqual([3600, 86400, 604800, 2592000, 31536000, 0]);
});

test.each([
  [0, "a moment"],
  [1, "1 second"],
  [61, "2 minutes"],
  [3600, "1 hour"],
  [86400, "1 day"],
  [90000, "25 hours"],
  [604800, "7 days"],
])("%d s is said as %s", (seconds, said) => {
  expect(formatSpan(seconds)).toBe(said);
});

test("a duration as text", () => {
  expect([formatDuration(86400), formatDuration(0)]).toEqual(["for 1 day", "without an end"]);
  expect(formatUntil(0, NOW)).toBe("without an end");
  expect(formatUntil(NOW + 1000, NOW)).toMatch(/^until 25 Nov 2026/);
  expect(formatUntil(NOW, NOW)).toMatch(/\(over\)$/);
});

describe("ages", () => {
  test.each([
    [0, "just now"],
    [-5000, "just now"],
    [59_999, "just now"],
    [60_000, "1 min ago"],
    [3_599_999, "59 min ago"],
    [3_600_000, "1 hour ago"],
    [47 * 3_600_000, "47 hours ago"],
    [48 * 3_600_000, "2 days ago"],
  ])("%d ms is %s", (passed, said) => {
    expect(formatAge(NOW - passed, NOW)).toBe(said);
  });
});

test("days are in UTC", () => {
  expect(isoDay(Date.parse("2026-11-30T23:30:00Z"))).toBe("2026-11-30");
});

test("a moment names its time zone", () => {
  expect(formatTime(NOW)).toMatch(/^2[456] Nov 2026, \d\d:\d\d \S+/);
  expect(formatUtc(NOW + 8_000)).toBe("2026-11-25 12:00:08 UTC");
});

test("how long something took is written in the unit that fits", () => {
  const waits = [null, 19, 130, 3 * 3_600 + 1_800, 72 * 3_600].map(formatWait);
  expect(waits).toEqual(["–", "19 s", "2 min", "3.5 h", "3.0 days"]);
});

test("an exact time tells seconds and milliseconds apart", () => {
  const moment = new Date(2026, 10, 29, 17, 4, 10, 250).getTime();
  expect(formatExactTime(moment, 0)).toBe("29 Nov 2026, 17:04:10");
  expect(formatExactTime(moment, 3)).toBe("29 Nov 2026, 17:04:10.250");
});
