import { expect, test } from "vitest";
import { initialState, type LadderState } from "../src/core/quality/adaptation";
import { CLEAR } from "../src/core/quality/ladder";
import {
  BETTER_MS,
  initialLabel,
  type LabelState,
  UNSEEN_MS,
  updateLabel,
  WORSE_MS,
} from "../src/core/quality/quality-label";
import type { Sample } from "../src/core/quality/statistics";

const fine: Sample = { sent: 500_000, soundPackets: 50, frames: 30, freezes: 0, roundTrip: 0.05 };
const on = (rung: number): LadderState => ({ ...initialState(0), rung });

/** Updates the label once a second for this many seconds. */
function after(seconds: number, change: Partial<Sample>, quality = on(0), before?: LabelState): LabelState {
  let label = before ?? initialLabel(0);
  const from = label.nextSince;
  for (let second = 1; second <= seconds; second++) {
    label = updateLabel(label, { ...fine, ...change }, quality, CLEAR, from + second * 1000);
  }
  return label;
}

test.each<[string, Partial<Sample>, number, string]>([
  ["all well", {}, 0, "good"],
  ["a rung lower, still well", {}, 1, "good"],
  ["a smaller picture", {}, 2, "fair"],
  ["the smallest picture", {}, 4, "weak"],
  ["no picture of mine", {}, 5, "sound"],
  ["some of what comes is lost", { incomingLoss: 0.05 }, 0, "fair"],
  ["much of what goes is lost", { outgoingLoss: 0.2 }, 0, "weak"],
  ["a long way", { roundTrip: 0.6 }, 0, "fair"],
  ["too long a way to talk", { roundTrip: 1 }, 0, "weak"],
  ["pictures that stand still", { freezes: 1 }, 0, "fair"],
])("%s", (_, change, rung, word) => {
  expect(after(1, change, on(rung)).word).toBe(word);
});

test("the label changes only after some time, sooner to a worse one", () => {
  const good = after(1, {});
  const dip = updateLabel(good, { ...fine, incomingLoss: 0.2 }, on(0), CLEAR, 2_000);
  expect(dip.word).toBe("good");
  const weak = updateLabel(dip, { ...fine, incomingLoss: 0.2 }, on(0), CLEAR, 2_000 + WORSE_MS);
  expect(weak.word).toBe("weak");
  const better = updateLabel(weak, fine, on(0), CLEAR, 10_000);
  expect(better.word).toBe("weak");
  expect(updateLabel(better, fine, on(0), CLEAR, 10_000 + BETTER_MS - 1).word).toBe("weak");
  expect(updateLabel(better, fine, on(0), CLEAR, 10_000 + BETTER_MS).word).toBe("good");
});

test("a stranger with sound and no picture for some seconds has the label for sound only", () => {
  const seconds = UNSEEN_MS / 1000;
  expect(after(seconds, { frames: 0 })).toMatchObject({ onlyHeard: false, word: "good" });
  const heard = after(seconds + 1, { frames: 0 });
  expect(heard).toMatchObject({ onlyHeard: true, word: "sound" });
  expect(updateLabel(heard, fine, on(0), CLEAR, 60_000).onlyHeard).toBe(false);
});

test("a stranger of whom nothing comes is away, not weak", () => {
  expect(after(20, { frames: 0, soundPackets: 0 }).onlyHeard).toBe(false);
});

test("it is known at once whether anything arrives, a picture or sound", () => {
  expect(after(1, {}).arrives).toBe(true);
  expect(after(1, { frames: 0 }).arrives).toBe(true);
  expect(after(1, { soundPackets: 0 }).arrives).toBe(true);
  expect(after(1, { frames: 0, soundPackets: 0 }).arrives).toBe(false);
  expect(after(1, { frames: undefined, soundPackets: 0 }).arrives).toBe(false);
});

test("an audio call has no missing picture", () => {
  expect(after(20, { frames: undefined }, on(5))).toMatchObject({ onlyHeard: false, word: "good" });
});
