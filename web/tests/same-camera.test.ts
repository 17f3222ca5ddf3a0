import { expect, test } from "vitest";
import { isSameCamera } from "../src/check/nudity-guard";

const [front, black, again, back] = ["front", "black", "front again", "back"];

test("a camera that is turned off and on stays the same, so a bad picture is held back meanwhile", () => {
  expect(isSameCamera({ track: front, lit: true }, { track: black, lit: false })).toBe(true);
  expect(isSameCamera({ track: black, lit: false }, { track: again, lit: true })).toBe(true);
  expect(isSameCamera({ track: front, lit: true }, { track: front, lit: false })).toBe(true);
});

test("another camera, or the first one, is looked at anew", () => {
  expect(isSameCamera({ track: front, lit: true }, { track: back, lit: true })).toBe(false);
  expect(isSameCamera({ track: undefined, lit: false }, { track: front, lit: true })).toBe(false);
  expect(isSameCamera({ track: front, lit: true }, { track: undefined, lit: false })).toBe(false);
});
