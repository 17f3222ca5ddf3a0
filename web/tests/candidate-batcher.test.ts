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

test("what comes within 30 ms goes together, in order", () => {
  const { frames, add } = build();
  add(2);
  vi.advanceTimersByTime(29);
  add(1);
  expect(frames).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(frames).toEqual([[{ candidate: "0" }, { candidate: "1" }, { candidate: "0" }]]);
});

test("what comes later goes in a frame of its own", () => {
  const { add, sizes } = build();
  add(1);
  vi.advanceTimersByTime(30);
  add(1);
  vi.advanceTimersByTime(30);
  expect(sizes()).toEqual([1, 1]);
});

test("no frame holds more than 16", () => {
  const { add, sizes } = build();
  add(35);
  vi.advanceTimersByTime(30);
  expect(sizes()).toEqual([16, 16, 3]);
});

test("what is current is said again, in frames as small, with what has just come", () => {
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

test("after close nothing is sent", () => {
  const { batcher, frames, add } = build();
  add(3);
  batcher.close();
  vi.advanceTimersByTime(100);
  expect(frames).toEqual([]);
});
