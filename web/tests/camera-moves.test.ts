import { expect, test } from "vitest";
import { rangesOf } from "../src/core/camera-moves";

test("only ranges that somebody can use are offered", () => {
  const capabilities = {
    zoom: { min: 100, max: 400, step: 1 },
    pan: { min: 0, max: 0, step: 0 },
    tilt: true,
    width: { min: 1, max: 1280 },
  };
  expect([...rangesOf(capabilities)]).toEqual([["zoom", { min: 100, max: 400, step: 1 }]]);
});

test.each([{ min: 1, max: Number.POSITIVE_INFINITY }, { max: Number.NaN }, { min: 3, max: 2 }, {}])(
  "nonsense is not offered: %j",
  (zoom) => {
    expect(rangesOf({ zoom }).size).toBe(0);
  },
);

test("a range without steps gets a hundred", () => {
  expect(rangesOf({ tilt: { min: -180, max: 180 } }).get("tilt")?.step).toBeCloseTo(3.6);
});
