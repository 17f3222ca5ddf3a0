import { describe, expect, test } from "vitest";
import type { CallEvent } from "../src/core/call/state";
import { frame, inCall, lost, onFrom, reach, resumed, sent, start, welcome, wish } from "./calls";

const back = frame({ ...welcome, resumed });
const stop: CallEvent = { type: "stop" };
const next: CallEvent = { type: "next" };
const searching = frame({ type: "searching", waiting: 1, stage: 0 });
const types = (...events: CallEvent[]) => sent(reach(...events)[1]).map(({ type }) => type);

describe("Stop while the socket is away", () => {
  test("ends the conversation here at once, and for the stranger after the next welcome", () => {
    const [call, effects] = reach(...inCall, lost, stop);
    expect([call.phase, call.conversation, effects]).toEqual(["idle", undefined, [{ type: "close_media" }]]);
    expect(call.leaving?.pass).toBe("p1");
    const [after, then] = onFrom(call, back);
    expect([after.phase, after.leaving, sent(then)]).toEqual(["idle", undefined, [{ type: "stop" }]]);
  });

  test("sends nothing if the match has ended meanwhile", () => {
    expect(types(...inCall, lost, stop, frame(welcome))).toEqual([]);
  });

  test("is dropped when nobody can wait for it any more", () => {
    const [call] = reach(...inCall, lost, [1, stop], [14, lost]);
    expect([call.leaving?.match, reach(...inCall, lost, [1, stop], [14, lost])[1]]).toEqual(["m1", []]);
    const [after, effects] = onFrom(call, [16, lost]);
    expect([after.leaving, effects]).toEqual([undefined, []]);
  });

  test("and Start again: the page leaves first, and searches then", () => {
    expect(types(...inCall, lost, stop, start, back)).toEqual(["stop", "find"]);
    expect(types(...inCall, lost, stop, start, frame(welcome))).toEqual(["find"]);
  });

  test("has nobody to tell without a conversation", () => {
    expect(reach(start, frame(welcome), lost, stop)[0].leaving).toBeUndefined();
  });
});

describe("Next while the socket is away", () => {
  test("ends the conversation here at once, and searches after the next welcome", () => {
    const [call, effects] = reach(...inCall, lost, next);
    expect([call.phase, call.conversation, effects]).toEqual([
      "reconnecting",
      undefined,
      [{ type: "close_media" }],
    ]);
    const [after, then] = onFrom(call, back);
    expect([after.phase, sent(then)]).toEqual(["searching", [{ type: "next", match: "m1" }]]);
  });

  test("searches again if the match has ended meanwhile", () => {
    const [call, effects] = reach(...inCall, lost, next, frame(welcome));
    expect([call.phase, call.ended, sent(effects)]).toEqual([
      "searching",
      undefined,
      [{ type: "find", ...wish }],
    ]);
  });

  test("and then Stop: Stop counts", () => {
    expect(types(...inCall, lost, next, stop, back)).toEqual(["stop"]);
  });

  test("a block works the same way, and is repeated by itself", () => {
    const [call] = reach(...inCall, lost, { type: "block", match: "m1", pass: "p1" });
    expect(call.conversation).toBeUndefined();
    expect(onFrom(call, back)[1]).toEqual([
      { type: "send", message: { type: "next", match: "m1" } },
      { type: "send_blocks" },
    ]);
  });
});

describe("leaving through a dying socket", () => {
  test.each([
    ["next", next],
    ["stop", stop],
  ] as [string, CallEvent][])("%s is sent again if the gateway kept the match", (type, parting) => {
    expect(types(...inCall, parting, lost, back)).toEqual([type]);
  });

  test("is settled by the gateway's answer", () => {
    expect(reach(...inCall, next)[0].leaving?.match).toBe("m1");
    expect(reach(...inCall, next, searching)[0].leaving).toBeUndefined();
  });
});
