import { expect, test } from "vitest";
import { FALL_MS, listen, RISE_MS, SILENT, type Speaking } from "../src/core/speaking";

const EVERY_MS = 50;

/** Returns the state after this many milliseconds at a level, and how often the sign changed meanwhile. */
function after(before: Speaking, from: number, duration: number, level: (at: number) => number) {
  let [state, changes] = [before, 0];
  for (let now = from; now <= from + duration; now += EVERY_MS) {
    const next = listen(state, level(now), now);
    if (next.speaks !== state.speaks) changes++;
    state = next;
  }
  return { state, changes };
}

test("a voice counts soon, and a click does not", () => {
  expect(after(SILENT, 0, RISE_MS - EVERY_MS, () => 0.2).state.speaks).toBe(false);
  expect(after(SILENT, 0, RISE_MS, () => 0.2).state.speaks).toBe(true);
});

test("the noise of a room is no voice", () => {
  expect(after(SILENT, 0, 10_000, () => 0.01).state.speaks).toBe(false);
});

test("the pauses between words do not end it, and a long one does", () => {
  const { state } = after(SILENT, 0, 1_000, () => 0.1);
  expect(after(state, 1_050, FALL_MS - 100, () => 0).state.speaks).toBe(true);
  expect(after(state, 1_050, FALL_MS + 100, () => 0).state.speaks).toBe(false);
});

test("words with pauses are one sign without flicker", () => {
  const words = (at: number) => (at % 700 < 400 ? 0.08 : 0);
  expect(after(SILENT, 0, 20_000, words).changes).toBe(1);
});

test("a voice that wavers around the bound does not flicker", () => {
  expect(after(SILENT, 0, 20_000, (at) => (at % 300 < 250 ? 0.032 : 0.02)).changes).toBe(1);
});

test("who speaks already is heard when they become quieter, and who does not is not", () => {
  const { state } = after(SILENT, 0, 1_000, () => 0.1);
  expect(after(state, 1_050, 5_000, () => 0.02).state.speaks).toBe(true);
  expect(after(SILENT, 0, 5_000, () => 0.02).state.speaks).toBe(false);
});

test("a level that is no number is silence", () => {
  expect(after(SILENT, 0, 1_000, () => Number.NaN).state.speaks).toBe(false);
});
