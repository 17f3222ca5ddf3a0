import { describe, expect, test } from "vitest";
import { begin, timerAt } from "../src/core/call";
import { keptCall } from "../src/core/call/kept-call";
import { returningTo } from "../src/core/call/returning";
import type { Call, CallEvent } from "../src/core/call/state";
import { frame, inCall, matched, onFrom, reach, resumed, sent, step, told, welcome, wish } from "./calls";

const on = { muted: false, cameraOff: false };
const WALL = 1_800_000_000_000;
const hello: CallEvent = { type: "say", text: "hello", id: "a" };
const answered = frame({ type: "chat", match: "m1", n: 1, text: "hi", id: "b" });

/** Returns the call as the next page finds it `ms` later. It has been open for a second. */
function reloaded(call: Call, ms = 1_000, former?: string): Call {
  const stored = JSON.parse(JSON.stringify(keptCall(call, former, on, WALL)));
  const found = returningTo(stored, WALL + ms, 1_000);
  if (typeof found !== "object") throw new Error(`the call is ${found}`);
  return { ...begin(true), ...found.call };
}

describe("a call that a reload has interrupted", () => {
  test("comes back with its lines, its curtains and its numbers", () => {
    const [before] = reach(...inCall, hello, answered, { type: "lift_curtain", asked: true });
    const after = reloaded(before);
    expect([after.phase, after.wish, after.conversation?.pass]).toEqual(["reconnecting", wish, "p1"]);
    expect(after.conversation?.lines).toEqual(before.conversation?.lines);
    expect(after.conversation?.lifted).toEqual(before.conversation?.lifted);
    expect([after.conversation?.sending.last, after.conversation?.received]).toEqual([2, 1]);
  });

  test("dials, and opens the media when its gateway has kept the match", () => {
    const [dialed, effects] = step(reloaded(reach(...inCall)[0]), { type: "may_connect" });
    expect(effects).toEqual([{ type: "connect" }]);
    const [after, then] = onFrom(dialed, frame({ ...welcome, resumed }));
    const { conversation } = after;
    expect([after.phase, after.returnsUntil, conversation?.pass]).toEqual(["matched", undefined, "p2"]);
    expect(conversation?.ice).toEqual(resumed.ice);
    expect(then.filter(({ type }) => type !== "send_blocks")).toEqual([{ type: "open_media", conversation }]);
  });

  test("sends what was not acknowledged, once and in order", () => {
    const more: CallEvent = { type: "say", text: "are you there?", id: "c" };
    const [after, effects] = onFrom(
      reloaded(reach(...inCall, hello, more)[0]),
      frame({ ...welcome, resumed }),
    );
    expect(sent(effects)).toMatchObject([
      { type: "chat", n: 1, text: "hello" },
      { type: "chat", n: 2, text: "are you there?" },
    ]);
    const [got] = onFrom(after, frame({ type: "received", match: "m1", n: 2 }));
    expect(got.conversation?.lines.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  });

  test("sends it at once, whenever the page before did, and plans nothing by the clock of that page", () => {
    const back = frame({ type: "partner_back", match: "m1" });
    const call = reloaded(reach(...inCall, hello, [1, back])[0], 5_000);
    expect(timerAt(call)).toBe(11_000);
    expect(sent(onFrom(call, frame({ ...welcome, resumed }))[1])).toMatchObject([{ text: "hello" }]);
  });

  test("takes only lines that it does not have", () => {
    const [after] = onFrom(
      reloaded(reach(...inCall, answered)[0]),
      frame({ ...welcome, resumed }),
      answered,
      frame({ type: "chat", match: "m1", n: 2, text: "back?", id: "d" }),
    );
    expect(after.conversation?.lines.map(({ text }) => text)).toEqual(["hi", "back?"]);
  });

  test("waits with the media's signals while the stranger is away, too", () => {
    const away = frame({ ...welcome, resumed: { ...resumed, partner_here: false } });
    const [after, effects] = onFrom(reloaded(reach(...inCall, hello)[0]), away);
    expect([after.conversation?.away, sent(effects)]).toEqual([true, []]);
    expect(effects.at(-1)).toEqual({ type: "set_reachable", reachable: false });
  });

  test("is over, with one sentence, if the gateway has not kept it", () => {
    const [after, effects] = onFrom(reloaded(reach(...inCall)[0]), frame(welcome));
    expect([after.phase, after.conversation, told(effects)]).toEqual(["idle", undefined, ["too_late"]]);
    expect(sent(effects)).toEqual([]);
  });

  test("is over, with one sentence, if no gateway answers in time", () => {
    const call = reloaded(reach(...inCall)[0], 5_000);
    expect(timerAt(call)).toBe(11_000);
    expect(step(call, { type: "timer" }, 10)).toEqual([call, []]);
    const [after, effects] = step(call, { type: "timer" }, 11);
    expect([after.phase, after.returnsUntil, told(effects)]).toEqual(["idle", undefined, ["too_late"]]);
    // A gateway that resumes it nevertheless is told.
    expect(sent(onFrom(after, frame({ ...welcome, resumed }))[1])).toEqual([{ type: "stop" }]);
  });

  test("can be left for another stranger while it waits, even if nothing was dialed yet", () => {
    const [after, effects] = step(reloaded(reach(...inCall)[0]), { type: "next" });
    expect([after.phase, after.leaving?.pass, effects.at(-1)]).toEqual([
      "reconnecting",
      "p1",
      { type: "connect" },
    ]);
  });

  test("can be left while it waits", () => {
    const [after, effects] = step(reloaded(reach(...inCall)[0]), { type: "stop" });
    expect([after.phase, after.returnsUntil, told(effects)]).toEqual(["idle", undefined, []]);
  });

  test("with one of several guests is followed by the next one", () => {
    const invited = { ...wish, invitation: "i" };
    const [before] = reach({ type: "start", wish: invited, line: true }, frame(welcome), frame(matched));
    const [, effects] = onFrom(
      reloaded(before),
      frame({ ...welcome, resumed }),
      frame({ type: "ended", match: "m1", reason: "next" }),
    );
    expect(sent(effects)).toEqual([{ type: "find", ...invited }]);
  });

  test("may be interrupted again before the media are open", () => {
    const once = reloaded(reach(...inCall)[0], 1_000, "sha-256 01");
    expect(reloaded(once).conversation?.former).toBe("sha-256 01");
  });
});

describe("what is kept", () => {
  test("is nothing without a conversation", () => {
    expect(keptCall(reach(...inCall.slice(0, 2))[0], undefined, on, WALL)).toBeUndefined();
  });

  test("is at most fifty lines, and those that nobody has acknowledged", () => {
    const lines = Array.from({ length: 80 }, (_, place): CallEvent => {
      return frame({ type: "chat", match: "m1", n: place + 1, text: `line ${place}`, id: `${place}` });
    });
    const { conversation } = reloaded(reach(...inCall, hello, ...lines)[0]);
    expect(conversation?.lines.map(({ text }) => text)).toEqual([
      "hello",
      ...Array.from({ length: 50 }, (_, place) => `line ${place + 30}`),
    ]);
  });

  test("has no credentials of a relay", () => {
    const kept = keptCall(reach(...inCall)[0], undefined, on, WALL);
    expect(JSON.stringify(kept)).not.toContain(String(matched.ice.servers[0]?.urls));
  });

  test("leaves the devices as they were", () => {
    const kept = keptCall(reach(...inCall)[0], undefined, { muted: true, cameraOff: true }, WALL);
    expect(returningTo(kept, WALL, 0)).toMatchObject({ devices: { muted: true, cameraOff: true } });
  });

  test("is too late after the grace, or when the clock was set back", () => {
    const kept = keptCall(reach(...inCall)[0], undefined, on, WALL);
    expect([15_000, 86_400_000, -1].map((ms) => returningTo(kept, WALL + ms, 0))).toEqual(
      Array(3).fill("late"),
    );
  });

  test("is ignored if another version of the page has kept it, or nothing was", () => {
    expect(returningTo({ version: 0 }, WALL, 0)).toBeUndefined();
    expect(returningTo(undefined, WALL, 0)).toBeUndefined();
  });
});
