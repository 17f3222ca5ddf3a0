import { describe, expect, test } from "vitest";
import { compare, interrupted, neverChanged, type StillPicture, UNCOMPARED } from "../src/core/still-picture";

const PHOTO = [10, 120, 240, 255];

/** Looks once every `pause` milliseconds, first at `size`, at what `pixels` returns for each second. */
function watched(
  seconds: number,
  pixels: (second: number) => readonly number[] = () => PHOTO,
  size: (second: number) => number = () => 640,
  pause = 1_000,
): StillPicture {
  let seen = UNCOMPARED;
  for (let now = 0; now <= seconds * 1000; now += pause)
    seen = compare(seen, size(now / 1000), pixels(now / 1000), now);
  return seen;
}

describe("a picture that never changes", () => {
  test("is one after ten seconds, and five in which the encoder makes it clearer", () => {
    expect(neverChanged(watched(14))).toBe(false);
    expect(neverChanged(watched(15))).toBe(true);
  });

  test("may become clearer at first", () => {
    const pixels = (second: number) => PHOTO.map((value) => (second < 4 ? 128 : value));
    expect(neverChanged(watched(30, pixels))).toBe(true);
  });

  test("may have the noise of an encoder", () => {
    const pixels = (second: number) => PHOTO.map((value, place) => value - ((second + place) % 3));
    expect(neverChanged(watched(60, pixels))).toBe(true);
  });

  test("may have several sizes, which do not look quite the same", () => {
    const size = (second: number) => (second < 15 ? 640 : 320);
    const pixels = (second: number) => PHOTO.map((value) => (second < 15 ? value : value - 9));
    expect(neverChanged(watched(24, pixels, size))).toBe(true);
    expect(neverChanged(watched(17, pixels, size))).toBe(false);
  });
});

describe("a picture changes", () => {
  test.each([3, 40])("if a few of its pixels differ by %i, even once in a long match", (by) => {
    const pixels = (second: number) => (second === 50 ? [10, 120, 240 - by, 255] : PHOTO);
    expect(neverChanged(watched(300, pixels))).toBe(false);
  });

  test("if somebody is in it, who breathes", () => {
    const pixels = (second: number) => [10, 120 + Math.round(4 * Math.sin(second)), 240, 255];
    expect(neverChanged(watched(60, pixels))).toBe(false);
  });

  test("slowly, as the light of the evening does", () => {
    const pixels = (second: number) => PHOTO.map((value) => value - second / 10);
    expect(neverChanged(watched(60, pixels))).toBe(false);
  });
});

test("a size that changes all the time says nothing", () => {
  expect(
    neverChanged(
      watched(
        120,
        () => PHOTO,
        (second) => 640 + (Math.floor(second / 4) % 2),
      ),
    ),
  ).toBe(false);
});

test("a hidden tab, which looks once a minute, needs more looks", () => {
  expect(neverChanged(watched(300, undefined, undefined, 60_000))).toBe(false);
});

test("what was seen before and after an interruption is not compared", () => {
  const before = watched(9);
  let seen = interrupted(before);
  for (let now = 60_000; now <= 68_000; now += 1_000) seen = compare(seen, 640, [90, 90, 90, 255], now);
  expect(seen.moved).toBe(false);
  expect(seen.still - before.still).toBe(3_000);
});
