import { describe, expect, test } from "vitest";
import type { CallEvent } from "../src/core/call/state";
import { frame, inCall, lost, matched, onFrom, reach, resumed, sent, start, step, welcome } from "./calls";

const lift: CallEvent = { type: "lift_curtain", asked: true };
const byItself: CallEvent = { type: "lift_curtain", asked: false };
const theirs = frame({ type: "reveal", match: "m1", n: 1 });
const arrived = frame({ type: "received", match: "m1", n: 1 });
const away = frame({ type: "partner_away", match: "m1", grace: 15 });
const back = frame({ type: "partner_back", match: "m1" });
const resumes = frame({ ...welcome, resumed });
const said = [{ type: "reveal", match: "m1", n: 1 }];

const reveals = (...events: Parameters<typeof reach>) =>
  sent(reach(...events)[1]).filter(({ type }) => type === "reveal");

describe("a curtain", () => {
  test("is down on both sides when a match begins, even after another match", () => {
    const down = { mine: false, told: false, theirs: false, asked: false };
    expect(reach(...inCall)[0].conversation?.lifted).toEqual(down);
    const second = frame({ ...matched, match: "m2" });
    expect(reach(...inCall, lift, theirs, second)[0].conversation?.lifted).toEqual(down);
  });

  test("that I lift is sent once", () => {
    const [call, effects] = reach(...inCall, lift);
    expect([call.conversation?.lifted.mine, sent(effects)]).toEqual([true, said]);
    expect(step(call, lift)).toEqual([call, []]);
  });

  test("that lifted by itself can still be requested, which is not sent again", () => {
    const [call] = reach(...inCall, byItself);
    expect(call.conversation?.lifted).toMatchObject({ mine: true, asked: false });
    const [asked, effects] = step(call, lift);
    expect([asked.conversation?.lifted, sent(effects)]).toEqual([
      { mine: true, told: true, theirs: false, asked: true },
      [],
    ]);
    expect(step(asked, byItself)[0].conversation?.lifted.asked).toBe(true);
  });

  test("is lifted by the stranger, however often it is sent", () => {
    const [call, effects] = reach(...inCall, theirs);
    const answer = { type: "received", match: "m1", n: 1 };
    expect([call.conversation?.lifted, sent(effects)]).toMatchObject([
      { mine: false, theirs: true },
      [answer],
    ]);
    expect(step(call, theirs)).toEqual([call, effects]);
  });

  test("of another match is ignored", () => {
    const other = frame({ type: "reveal", match: "m0", n: 1 });
    expect(reach(...inCall, other)).toEqual([reach(...inCall)[0], []]);
    expect(reach(start, theirs)).toEqual([reach(start)[0], []]);
  });

  test.each(["audio", "text"] as const)("does not exist in a match by %s", (mode) => {
    const wish = { mode, interests: [], languages: [] };
    const call: CallEvent[] = [{ type: "start", wish }, frame(welcome), frame(matched)];
    expect(reach(...call, lift)).toEqual([reach(...call)[0], []]);
  });

  test.each([
    ["before a match", start],
    ["after it", frame({ type: "ended", match: "m1", reason: "stop" })],
  ])("does not exist %s", (_, last) => {
    const before = last === start ? [start] : [...inCall, last];
    expect(reach(...before, lift)).toEqual([reach(...before)[0], []]);
  });
});

describe("a lifted curtain is delivered reliably", () => {
  test("it is sent again when the stranger is back, until it is acknowledged", () => {
    expect(reveals(...inCall, lift, away, back)).toEqual(said);
    expect(reveals(...inCall, away, lift, back)).toEqual(said);
    expect(reveals(...inCall, lift, back)).toEqual(said);
    expect(reveals(...inCall, lift, arrived, back)).toEqual([]);
  });

  test("it is sent in order with the lines, even if I lifted it while I was away", () => {
    const line: CallEvent = { type: "say", text: "hello", id: "1" };
    const [gone, effects] = reach(...inCall, line, lost, lift);
    expect([gone.conversation?.lifted.mine, sent(effects)]).toEqual([true, []]);
    expect(sent(onFrom(gone, resumes)[1])).toMatchObject([
      { type: "chat", n: 1 },
      { type: "reveal", n: 2 },
    ]);
  });

  test("it counts as told only after it was sent while the stranger could be reached", () => {
    const told = (...events: CallEvent[]) => reach(...inCall, ...events)[0].conversation?.lifted.told;
    expect([told(), told(lift)]).toEqual([false, true]);
    expect([told(lost, lift), told(lost, lift, resumes)]).toEqual([false, true]);
    expect([told(away, lift), told(away, lift, back)]).toEqual([false, true]);
    const alone = frame({ ...welcome, resumed: { ...resumed, partner_here: false } });
    expect([told(lost, lift, alone), told(lost, lift, alone, back)]).toEqual([false, true]);
    expect([told(lift, lost), told(lift, away)], "who was told stays so").toEqual([true, true]);
    expect([told(away, back), told(lost, resumes)], "nobody is told what is not so").toEqual([false, false]);
  });

  test("it is taken in order: one that comes before a missing line comes again", () => {
    const early = frame({ type: "reveal", match: "m1", n: 2 });
    const [call, effects] = reach(...inCall, early);
    expect([call.conversation?.lifted.theirs, sent(effects)]).toEqual([
      false,
      [{ type: "received", match: "m1", n: 0 }],
    ]);
    const line = frame({ type: "chat", match: "m1", n: 1, text: "a", id: "a" });
    expect(onFrom(call, line, early)[0].conversation?.lifted.theirs).toBe(true);
  });

  test("the stranger's curtain stays lifted", () => {
    expect(reach(...inCall, theirs, lost, resumes)[0].conversation?.lifted.theirs).toBe(true);
  });
});
