import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Candidate } from "../src/messages.generated";
import { CandidateBatcher } from "../src/peer/candidate-batcher";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function build() {
  const frames: Candidate[][] = [];
  const batcher = new CandidateBatcher((candidates) => frames.push(candidates));
  const add = (count: number) => {
    for (let n = 0; n < count; n++) batcher.add({ candidate: `${n}` });
  };
  return { batcher, frames, add, sizes: () => frames.map((frame) => frame.length) };
}

test("candidates within 30 ms share one frame, in order", () => {
  const { frames, add } = build();
  add(2);
  vi.advanceTimersByTime(29);
  add(1);
  expect(frames).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(frames).toEqual([[{ candidate: "0" }, { candidate: "1" }, { candidate: "0" }]]);
});

test("a later candidate gets its own frame", () => {
  const { add, sizes } = build();
  add(1);
  vi.advanceTimersByTime(30);
  add(1);
  vi.advanceTimersByTime(30);
  expect(sizes()).toEqual([1, 1]);
});

test("no frame has more than 16 candidates", () => {
  const { add, sizes } = build();
  add(35);
  vi.advanceTimersByTime(30);
  expect(sizes()).toEqual([16, 16, 3]);
});

test("current candidates are sent again in frames of the same size, with new ones", () => {
  const { batcher, frames, add, sizes } = build();
  add(20);
  vi.advanceTimersByTime(30);
  add(1);
  batcher.resend(({ candidate }) => candidate !== "0");
  expect(sizes()).toEqual([16, 4, 16, 3]);
  expect(frames.slice(2).flat()).toEqual(frames.slice(0, 2).flat().slice(1));
  vi.advanceTimersByTime(100);
  expect(sizes()).toEqual([16, 4, 16, 3]);
  batcher.resend(() => false);
  batcher.resend(() => true);
  expect(sizes(), "what is of no more use is forgotten").toEqual([16, 4, 16, 3]);
});

test("nothing is sent after close", () => {
  const { batcher, frames, add } = build();
  add(3);
  batcher.close();
  vi.advanceTimersByTime(100);
  expect(frames).toEqual([]);
});
