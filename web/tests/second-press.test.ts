import { describe, expect, test } from "vitest";
import { begin, step, timerAt } from "../src/core/call";
import type { Call, CallEvent } from "../src/core/call/state";
import { frame, lost, matched, resumed, sent, start, welcome } from "./calls";

const next: CallEvent = { type: "next" };
const meets = (match: string) => frame({ ...matched, match });

/** Runs events at milliseconds. Returns the state, and the types of the frames that were sent. */
function run(call: Call, ...events: [at: number, event: CallEvent][]): [call: Call, frames: string[]] {
  const frames: string[] = [];
  for (const [at, event] of events) {
    const [after, effects] = step(call, event, at);
    call = after;
    frames.push(...sent(effects).map(({ type }) => type));
  }
  return [call, frames];
}

/** Two visitors in a conversation for a minute, while a third one waits. */
const [inTalk] = run(begin(true), [0, start], [0, frame(welcome)], [0, meets("m1")]);
const MINUTE = 60_000;

describe("the second press of a double click on Next", () => {
  test("does not skip the stranger whom the first one brought", () => {
    const [call, frames] = run(inTalk, [MINUTE, next], [MINUTE + 59, meets("m2")], [MINUTE + 130, next]);
    expect([call.conversation?.match, frames]).toEqual(["m2", ["next"]]);
  });

  test("is a Next again 0.7 seconds after the match", () => {
    const [call] = run(inTalk, [MINUTE, next], [MINUTE + 59, meets("m2")]);
    expect(run(call, [MINUTE + 758, next])[0].phase).toBe("matched");
    expect(run(call, [MINUTE + 759, next])[0].phase).toBe("searching");
  });

  test("is a Next as soon as the stranger has appeared", () => {
    const [call] = run(inTalk, [MINUTE, next], [MINUTE + 59, meets("m2")]);
    const [after, frames] = run(call, [MINUTE + 300, { type: "appeared" }], [MINUTE + 310, next]);
    expect([after.phase, frames]).toEqual(["searching", ["next"]]);
  });

  test("counts again in each match", () => {
    const appeared: CallEvent = { type: "appeared" };
    const [call] = run(inTalk, [MINUTE, appeared], [MINUTE, next], [MINUTE + 20, meets("m2")]);
    expect(run(call, [MINUTE + 100, next])[0].conversation?.match).toBe("m2");
  });
});

describe("meanwhile", () => {
  const [call] = run(inTalk, [MINUTE, next], [MINUTE + 59, meets("m2")]);

  test("a timer tells the page when Next counts", () => {
    expect(timerAt(call)).toBe(MINUTE + 759);
    const [after] = run(call, [MINUTE + 759, { type: "timer" }]);
    expect(after.conversation?.nextAt).toBeUndefined();
    expect(timerAt(after)).toBe(MINUTE + 30_000); // of the rewind
  });

  test("an early timer changes nothing", () => {
    expect(run(call, [MINUTE + 600, { type: "timer" }])[0].conversation?.nextAt).toBe(MINUTE + 759);
  });

  test("Stop and a block count at once", () => {
    expect(run(call, [MINUTE + 100, { type: "stop" }])[0].phase).toBe("idle");
    const blocked = run(call, [MINUTE + 100, { type: "block", match: "m2", pass: "p1" }]);
    expect([blocked[0].phase, blocked[1]]).toEqual(["searching", ["next", "block"]]);
  });

  test("a lost socket does not make it longer", () => {
    const back = frame({ ...welcome, resumed: { ...resumed, match: "m2" } });
    const [after] = run(call, [MINUTE + 100, lost], [MINUTE + 5_000, back], [MINUTE + 5_001, next]);
    expect(after.phase).toBe("searching");
  });
});
