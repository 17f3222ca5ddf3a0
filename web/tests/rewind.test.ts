import { describe, expect, test } from "vitest";
import { canRewind } from "../src/core/call/rewind";
import type { Call, CallEvent } from "../src/core/call/state";
import { frame, inCall, lost, matched, onFrom, reach, resumed, sent, start, told, welcome } from "./calls";

const next: CallEvent = { type: "next" };
const requestRewind: CallEvent = { type: "rewind_requested" };
const offer = (match: string, expires_in = 20) => frame({ type: "rewind_offer", match, expires_in });
const ended = (reason: "next" | "lost" | "stop" | "blocked", match = "m1") =>
  frame({ type: "ended", match, reason });
const meets = (match: string) => frame({ ...matched, match, pass: match });
const refused = frame({ type: "error", code: "rewind_refused", message: "x" });
const wayTo = (call: Call) => (canRewind(call) ? call.rewind?.match : undefined);

describe("a rewind", () => {
  test.each([
    ["mine", next],
    ["theirs", ended("next")],
  ] as [string, CallEvent][])("is possible for thirty seconds after a Next of %s", (_, parting) => {
    const [call] = reach(...inCall, [100, parting]);
    expect([wayTo(call), call.rewind?.until]).toEqual(["m1", 130_000]);
    expect(wayTo(onFrom(call, [129, { type: "timer" }])[0])).toBe("m1");
    expect(wayTo(onFrom(call, [130, { type: "timer" }])[0])).toBeUndefined();
    expect(sent(onFrom(call, [129, requestRewind])[1])).toEqual([{ type: "rewind", match: "m1" }]);
    expect(sent(onFrom(call, [130, requestRewind])[1])).toEqual([]);
  });

  test.each(["lost", "stop", "blocked"] as const)("is not possible after %s", (reason) => {
    expect(wayTo(reach(...inCall, ended(reason))[0])).toBeUndefined();
  });

  test("is not possible after Stop", () => {
    expect(wayTo(reach(...inCall, next, { type: "stop" }, start)[0])).toBeUndefined();
  });

  test("is not possible after the socket was lost, unless it was requested", () => {
    const resumes = frame({ ...welcome, resumed: { ...resumed, match: "m2" } });
    const [call] = reach(...inCall, next, meets("m2"));
    expect(wayTo(onFrom(call, lost, resumes)[0])).toBeUndefined();
    expect(wayTo(onFrom(call, requestRewind, lost, resumes)[0])).toBe("m1");
  });

  test("is still possible in the next match, and ends when that is left", () => {
    const [call] = reach(...inCall, next, meets("m2"));
    expect(wayTo(call)).toBe("m1");
    expect(sent(onFrom(call, requestRewind)[1])).toEqual([{ type: "rewind", match: "m1" }]);
    expect(wayTo(onFrom(call, next)[0])).toBe("m2");
    expect(wayTo(onFrom(call, ended("lost", "m2"))[0])).toBeUndefined();
    expect(wayTo(onFrom(call, lost, frame(welcome))[0])).toBeUndefined();
    expect(wayTo(onFrom(call, { type: "stop" }, start)[0])).toBeUndefined();
  });

  test("is not possible after a block", () => {
    const block: CallEvent = { type: "block", match: "m1", pass: "p1" };
    const [blocked] = reach(...inCall, block);
    expect(wayTo(blocked)).toBeUndefined();
    expect(wayTo(onFrom(blocked, offer("m1"))[0])).toBeUndefined();
    expect(wayTo(reach(...inCall, next, meets("m2"), block)[0])).toBeUndefined();
    expect(wayTo(reach(...inCall, next, { type: "block", match: "m0", pass: "p0" })[0])).toBe("m1");
  });

  test("cannot be requested while the socket is away", () => {
    const [call, effects] = reach(...inCall, next, lost, requestRewind);
    expect([wayTo(call), effects]).toEqual([undefined, []]);
  });

  test("after a Next that waited for the socket starts when the gateway receives it", () => {
    const gone = reach(...inCall, lost, [1, next])[0];
    expect(onFrom(gone, [9, frame({ ...welcome, resumed })])[0].rewind?.until).toBe(39_000);
    expect(onFrom(gone, frame(welcome))[0].rewind).toBeUndefined();
  });
});

describe("a request", () => {
  test("is sent once, and shown until there is an answer", () => {
    const [call] = reach(...inCall, next, requestRewind);
    expect([wayTo(call), call.rewind?.asked]).toEqual(["m1", true]);
    expect(onFrom(call, requestRewind)[1]).toEqual([]);
    expect(onFrom(call, meets("m3"))[0].rewind).toBeUndefined();
  });

  test("from another conversation: that one ends, and the rewind leads to the one before", () => {
    const [call, effects] = reach(
      ...inCall,
      next,
      meets("m2"),
      requestRewind,
      ended("next", "m2"),
      meets("m3"),
    );
    expect([call.phase, call.conversation?.match, wayTo(call)]).toEqual(["matched", "m3", "m2"]);
    expect(effects.map(({ type }) => type)).toEqual(["open_media"]);
  });

  test("that is too late is reported, and the button disappears", () => {
    const [call, effects] = reach(...inCall, next, requestRewind, refused);
    expect([wayTo(call), told(effects)]).toEqual([undefined, ["rewind_refused"]]);
    expect(onFrom(call, requestRewind)[1]).toEqual([]);
    expect(wayTo(onFrom(call, offer("m1"))[0])).toBeUndefined();
  });

  test("without an answer in time is reported only if it was made", () => {
    const [call, effects] = reach(...inCall, next, [10, requestRewind], [30, { type: "timer" }]);
    expect([wayTo(call), told(effects)]).toEqual([undefined, ["rewind_refused"]]);
    expect(told(reach(...inCall, next, [30, { type: "timer" }])[1])).toEqual([]);
  });
});

describe("after the socket was lost", () => {
  const back = (match: string) => frame({ ...welcome, resumed: { ...resumed, match } });
  const asks = { type: "rewind", match: "m1" };
  const searches = frame({ type: "searching", waiting: 1, stage: 0 });

  test("a request from another conversation is sent again", () => {
    const asked = reach(...inCall, next, meets("m2"), [5, requestRewind])[0];
    const [call, effects] = onFrom(asked, [6, lost], [8, back("m2")]);
    expect([wayTo(call), sent(effects)]).toEqual(["m1", [asks]]);
    expect(sent(onFrom(asked, [6, lost], [31, back("m2")])[1])).toEqual([]);
  });

  test("a request after a lost Next is sent again with it", () => {
    const [call, effects] = reach(...inCall, next, requestRewind, lost, [8, back("m1")]);
    expect(sent(effects)).toEqual([{ type: "next", match: "m1" }, asks]);
    expect(call.rewind).toMatchObject({ match: "m1", asked: true, until: 38_000 });
  });

  test.each([
    ["the search", [next, searches, requestRewind]],
    ["a next that was heard", [next, requestRewind]],
    ["a conversation that is over", [next, meets("m2"), requestRewind]],
  ] as [string, CallEvent[]][])(
    "a request in %s is sent again, and reported if it is too late",
    (_, before) => {
      const [call, effects] = reach(...inCall, ...before, lost, frame(welcome));
      expect(sent(effects).map(({ type }) => type)).toEqual(["find", "rewind"]);
      const [after, then] = onFrom(call, refused);
      expect([wayTo(after), told(then)]).toEqual([undefined, ["rewind_refused"]]);
    },
  );

  test("without a request the rewind is gone, because the gateway has dropped it", () => {
    const [call, effects] = reach(...inCall, next, searches, offer("m1"), lost, frame(welcome));
    expect([wayTo(call), sent(effects).map(({ type }) => type)]).toEqual([undefined, ["find"]]);
    expect(sent(reach(...inCall, next, meets("m2"), lost, back("m2"))[1])).toEqual([]);
  });
});

describe("an offer", () => {
  test("is shown as long as it lasts, and can be accepted like a request", () => {
    const [call] = reach(...inCall, next, [5, offer("m1", 12)]);
    expect(call.rewind).toMatchObject({ match: "m1", offered: true, asked: false, until: 17_000 });
    expect(sent(onFrom(call, [16, requestRewind])[1])).toEqual([{ type: "rewind", match: "m1" }]);
  });

  test("outlives a match with somebody else", () => {
    const [call] = reach(...inCall, next, offer("m1"), meets("m2"));
    expect(call.rewind?.offered).toBe(true);
  });

  test("of anyone but the last partner is ignored", () => {
    const [call] = reach(...inCall, next, meets("m2"), next, offer("m1"));
    expect(call.rewind).toMatchObject({ match: "m2", offered: false });
  });
});
