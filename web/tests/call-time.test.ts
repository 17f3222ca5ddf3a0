import { expect, test } from "vitest";
import { beganAt, clockText, durationOf, keptStart } from "../src/core/call-time";

test.each([
  [0, "0:00", "PT0S"],
  [999, "0:00", "PT0S"],
  [125_400, "2:05", "PT125S"],
  [3_599_000, "59:59", "PT3599S"],
  [3_600_000, "1:00:00", "PT3600S"],
  [36_065_000, "10:01:05", "PT36065S"],
  [-5_000, "0:00", "PT0S"],
])("%i ms are %s", (milliseconds, text, duration) => {
  expect([clockText(milliseconds), durationOf(milliseconds)]).toEqual([text, duration]);
});

test("a language has its own digits", () => {
  expect(clockText(125_000, new Intl.NumberFormat("ar-EG").format)).toBe("٢:٠٥");
});

test("a reload finds when the call began, and no other call does", () => {
  const kept = keptStart("m1", 1_000);
  expect(beganAt(kept, "m1", 61_000)).toBe(1_000);
  expect(beganAt(kept, "m2", 61_000)).toBeUndefined();
});

test.each([null, "", "m1", "m1 x", "m1 99000", "m1 -90000000", "m1 NaN"])(
  "what else is stored counts for nothing: %s",
  (stored) => {
    expect(beganAt(stored, "m1", 61_000)).toBeUndefined();
  },
);
