import { describe, expect, test } from "vitest";
import type { Happening } from "../src/call/state";
import { frame, inCall, lost, matched, onFrom, reach, resumed, sent, start, step, welcome } from "./calls";

const lift: Happening = { type: "lift", asked: true };
const byItself: Happening = { type: "lift", asked: false };
const theirs = frame({ type: "reveal", match: "m1" });
const away = frame({ type: "partner_away", match: "m1", grace: 15 });
const back = frame({ type: "partner_back", match: "m1" });
const resumes = frame({ ...welcome, resumed });
const said = [{ type: "reveal", match: "m1" }];

const reveals = (...happenings: Parameters<typeof reach>) =>
  sent(reach(...happenings)[1]).filter(({ type }) => type === "reveal");

describe("a curtain", () => {
  test("is down on both sides when a match begins, also after another one", () => {
    const down = { mine: false, told: false, theirs: false, asked: false };
    expect(reach(...inCall)[0].meeting?.lifted).toEqual(down);
    const second = frame({ ...matched, match: "m2" });
    expect(reach(...inCall, lift, theirs, second)[0].meeting?.lifted).toEqual(down);
  });

  test("that I lift is told once", () => {
    const [call, effects] = reach(...inCall, lift);
    expect([call.meeting?.lifted.mine, sent(effects)]).toEqual([true, said]);
    expect(reach(...inCall, lift, lift)).toEqual([call, []]);
  });

  test("that lifted by itself can be asked for later, which is not told again", () => {
    const [call] = reach(...inCall, byItself);
    expect(call.meeting?.lifted).toMatchObject({ mine: true, asked: false });
    const [asked, effects] = step(call, lift);
    expect([asked.meeting?.lifted, sent(effects)]).toEqual([
      { mine: true, told: true, theirs: false, asked: true },
      [],
    ]);
    expect(step(asked, byItself)[0].meeting?.lifted.asked).toBe(true);
  });

  test("is lifted by the stranger, however often they say so", () => {
    const [call, effects] = reach(...inCall, theirs);
    expect([call.meeting?.lifted, effects]).toMatchObject([{ mine: false, theirs: true }, []]);
    expect(step(call, theirs)).toEqual([call, []]);
  });

  test("of another match is of no interest", () => {
    const other = frame({ type: "reveal", match: "m0" });
    expect(reach(...inCall, other)).toEqual([reach(...inCall)[0], []]);
    expect(reach(start, theirs)).toEqual([reach(start)[0], []]);
  });

  test.each(["audio", "text"] as const)("is not there in a match by %s", (mode) => {
    const wish = { mode, interests: [], languages: [] };
    const call: Happening[] = [{ type: "start", wish }, frame(welcome), frame(matched)];
    expect(reach(...call, lift)).toEqual([reach(...call)[0], []]);
  });

  test.each([
    ["before a match", start],
    ["after it", frame({ type: "ended", match: "m1", reason: "stop" })],
  ])("is not there %s", (_, last) => {
    const before = last === start ? [start] : [...inCall, last];
    expect(reach(...before, lift)).toEqual([reach(...before)[0], []]);
  });
});

describe("what was said on a way that was lost is said again", () => {
  test("when the stranger is back", () => {
    expect(reveals(...inCall, lift, away, back)).toEqual(said);
    expect(reveals(...inCall, away, lift, back)).toEqual(said);
    expect(reveals(...inCall, lift, back)).toEqual(said);
  });

  test("when I am back, after my lines and before anything else", () => {
    const line: Happening = { type: "say", text: "hello", id: "1" };
    const [call, effects] = reach(...inCall, line, lift, lost, resumes);
    expect(call.meeting?.lifted.mine).toBe(true);
    expect(effects.map((effect) => (effect.type === "send" ? effect.message.type : effect.type))).toEqual([
      "chat",
      "reveal",
      "send_blocks",
      "refresh",
      "reach",
    ]);
  });

  test("and so it is what I lifted while I was away", () => {
    const [gone, effects] = reach(...inCall, lost, lift);
    expect([gone.meeting?.lifted.mine, sent(effects)]).toEqual([true, []]);
    expect(sent(onFrom(gone, resumes)[1])).toEqual(said);
  });

  test("and until then the stranger counts as not told", () => {
    const told = (...happenings: Happening[]) => reach(...inCall, ...happenings)[0].meeting?.lifted.told;
    expect([told(), told(lift)]).toEqual([false, true]);
    expect([told(lost, lift), told(lost, lift, resumes)]).toEqual([false, true]);
    expect([told(away, lift), told(away, lift, back)]).toEqual([false, true]);
    const alone = frame({ ...welcome, resumed: { ...resumed, partner_here: false } });
    expect([told(lost, lift, alone), told(lost, lift, alone, back)]).toEqual([false, true]);
    expect([told(lift, lost), told(lift, away)], "who was told stays so").toEqual([true, true]);
  });

  test("but not by who has not lifted", () => {
    expect(reveals(...inCall, theirs, away, back)).toEqual([]);
    expect(reveals(...inCall, theirs, lost, resumes)).toEqual([]);
  });

  test("and what they have lifted stays so", () => {
    expect(reach(...inCall, theirs, lost, resumes)[0].meeting?.lifted.theirs).toBe(true);
  });
});
