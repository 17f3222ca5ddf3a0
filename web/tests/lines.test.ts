import { describe, expect, test } from "vitest";
import { LINES_KEPT } from "../src/call/lines";
import type { Call, Happening } from "../src/call/state";
import { frame, inCall, lost, onFrom, reach, resumed, sent, told, welcome } from "./calls";

const say = (text: string, id = text): Happening => ({ type: "say", text, id });
const chat = (text: string, id = text) => ({ type: "chat", match: "m1", text, id }) as const;
const hear = (text: string, id = text) => frame(chat(text, id));
const back = frame({ ...welcome, resumed });
const away = frame({ type: "partner_away", match: "m1", grace: 15 });
const returned = frame({ type: "partner_back", match: "m1" });
const over = frame({ type: "ended", match: "m1", reason: "lost" });
const full = frame({ type: "error", code: "partner_away", message: "" });

const states = ({ meeting }: Call) => meeting?.lines.map(({ text, state }) => `${text} ${state}`);
const texts = ({ meeting }: Call) => meeting?.lines.map(({ text }) => text);
const many = (count: number) => Array.from({ length: count }, (_, n) => say(`${n}`));

describe("after a lost socket", () => {
  test("a line said while away waits, and is said once the call goes on", () => {
    const [call, effects] = reach(...inCall, lost, say("a"), say("b"));
    expect([states(call), effects]).toEqual([["a pending", "b pending"], []]);
    const [after, again] = onFrom(call, back);
    expect([states(after), sent(again)]).toEqual([
      ["a sent", "b sent"],
      [chat("a"), chat("b")],
    ]);
  });

  test("what was not heard is said again before all else", () => {
    const [, effects] = reach(...inCall, say("a"), lost, say("b"), back);
    expect(effects.map(({ type }) => type)).toEqual(["send", "send", "send_blocks", "refresh", "reach"]);
    expect(sent(effects)).toEqual([chat("a"), chat("b")]);
  });

  test("what went out in the minute before is said again, byte by byte and in order", () => {
    const [, first] = reach(...inCall, [10, say("b", "1")]);
    const [call, effects] = reach(
      ...inCall,
      [0, say("a")],
      [10, say("b", "1")],
      [70, hear("c")],
      [70, lost],
      say("d"),
      back,
    );
    expect(sent(effects)).toEqual([chat("b", "1"), chat("d")]);
    expect(JSON.stringify(sent(effects)[0])).toBe(JSON.stringify(sent(first)[0]));
    expect(states(call)).toEqual(["a sent", "b sent", "c sent", "d sent"]);
  });

  test("a socket lost right after it came back loses nothing", () => {
    const [, effects] = reach(...inCall, lost, [1, say("a")], [300, back], [302, lost], [303, back]);
    expect(sent(effects)).toEqual([chat("a")]);
  });

  test("attempts that fail meanwhile change nothing", () => {
    const [, effects] = reach(...inCall, [1, say("a")], [2, lost], [200, lost], [201, back]);
    expect(sent(effects)).toEqual([chat("a")]);
  });

  test("all that is said again fits into what a gateway takes at once", () => {
    const [, effects] = reach(...inCall, ...many(150), lost, ...many(150), back);
    expect(sent(effects).length).toBeLessThanOrEqual(LINES_KEPT);
  });

  test("what is more than can wait fails in sight, and pushes nothing out that waits", () => {
    const [call, effects] = reach(...inCall, lost, ...many(300), back);
    expect(sent(effects)).toEqual(Array.from({ length: 64 }, (_, n) => chat(`${n}`)));
    expect([call.meeting?.lines.length, states(call)?.at(-1)]).toEqual([LINES_KEPT, "299 failed"]);
  });

  test("nothing is said while nobody is met", () => {
    expect(sent(reach(...inCall, { type: "next" }, lost, say("a"), frame(welcome))[1])).toMatchObject([
      { type: "find" },
    ]);
  });
});

describe("while the stranger is away", () => {
  test("a line is kept for them, and theirs when they are back", () => {
    const [call, effects] = reach(...inCall, say("a"), away, say("b"));
    expect([states(call), sent(effects)]).toEqual([["a sent", "b kept"], [chat("b")]]);
    expect(states(onFrom(call, returned)[0])).toEqual(["a sent", "b sent"]);
  });

  test("what was kept on a gateway that died is said again, however old", () => {
    const [, effects] = reach(...inCall, away, [1, say("a")], [300, lost], [301, back]);
    expect(sent(effects)).toEqual([chat("a")]);
  });

  test("who comes back to an absent stranger has their lines kept", () => {
    const alone = frame({ ...welcome, resumed: { ...resumed, partner_here: false } });
    expect(states(reach(...inCall, lost, say("a"), alone)[0])).toEqual(["a kept"]);
  });

  test("a signal that cannot be kept any more is no line", () => {
    const [call, effects] = reach(...inCall, away, say("a"), say("b"), full);
    expect([states(call), told(effects)]).toEqual([["a kept", "b kept"], []]);
  });
});

describe("a line that is refused by its id", () => {
  const refusal = (id: string, code = "partner_away") => frame({ type: "error", code, message: "No.", id });

  test("fails, and no other", () => {
    const [call, effects] = reach(
      ...inCall,
      away,
      say("a"),
      hear("b"),
      say("b", "2"),
      say("c"),
      refusal("2"),
    );
    expect(states(call)).toEqual(["a kept", "b sent", "b failed", "c kept"]);
    expect(told(effects)).toEqual(["partner_away"]);
  });

  test("stays failed when the rest is delivered", () => {
    const [call] = reach(...inCall, away, say("a"), say("b"), refusal("b"), lost, back);
    expect(states(call)).toEqual(["a sent", "b failed"]);
  });

  test("fails whatever the reason, which is told", () => {
    const [call, effects] = reach(...inCall, say("a"), say("b"), refusal("a", "from_the_future"));
    expect(states(call)).toEqual(["a failed", "b sent"]);
    expect(effects).toEqual([{ type: "tell", notice: { code: "error", detail: "No." } }]);
  });

  test("is of no interest once its match is over", () => {
    const [call, effects] = reach(...inCall, say("a"), refusal("z"));
    expect([states(call), effects]).toEqual([["a sent"], []]);
  });
});

describe("when the match turns out to be over", () => {
  test.each([
    ["undelivered", [say("a"), lost, say("b"), frame(welcome)]],
    ["unsure", [say("a"), lost, frame(welcome)]],
    ["undelivered", [say("a"), away, say("b"), over]],
    ["undelivered", [lost, say("a"), { type: "parted", why: "elsewhere" }]],
  ] as [string, Happening[]][])("%s lines are told of (%#)", (code, happenings) => {
    expect(told(reach(...inCall, ...happenings)[1])).toContain(code);
  });

  test.each([
    [[say("a"), over]],
    [[say("a"), away, say("b"), returned, over]],
    [[hear("a"), lost, frame(welcome)]],
    [[lost, say("a"), back, over]],
  ] as [Happening[]][])("nothing is told where nothing was lost (%#)", (happenings) => {
    expect(told(reach(...inCall, ...happenings)[1])).toEqual([]);
  });

  test("the gateway names those that were not heard, and they stay in sight as not delivered", () => {
    const named = frame({ type: "ended", match: "m1", reason: "lost", unheard: ["b", "c"] });
    const [call, effects] = reach(
      ...inCall,
      say("a"),
      say("b"),
      hear("c"),
      say("c", "4"),
      away,
      say("d"),
      named,
    );
    expect([call.meeting, told(effects)]).toEqual([undefined, ["undelivered"]]);
    expect(call.unheard?.map(({ text, state }) => `${text} ${state}`)).toEqual(["b failed", "d failed"]);
  });

  test("so do those that I know of myself", () => {
    const [call] = reach(...inCall, say("a"), lost, say("b"), frame(welcome));
    expect(call.unheard?.map(({ text }) => text)).toEqual(["b"]);
  });

  test("they stay when my socket is lost meanwhile, and are not told of again", () => {
    const named = frame({ type: "ended", match: "m1", reason: "lost", unheard: ["a"] });
    const [call, effects] = onFrom(reach(...inCall, say("a"), named)[0], lost, frame(welcome));
    expect(call.unheard?.map(({ text }) => text)).toEqual(["a"]);
    expect([call.ended, told(effects)]).toEqual(["lost", []]);
  });

  test("they go when somebody else is here, and with a stop", () => {
    const named = frame({ type: "ended", match: "m1", reason: "lost", unheard: ["a"] });
    const gone = reach(...inCall, say("a"), named)[0];
    const next = frame({ type: "matched", match: "m2", polite: true, pass: "p", partner: {} } as never);
    const searches = frame({ type: "searching", waiting: 1, stage: 0 });
    expect(onFrom(gone, searches)[0].unheard).toHaveLength(1);
    expect(onFrom(gone, next)[0].unheard).toBeUndefined();
    expect(onFrom(gone, { type: "stop" })[0].unheard).toBeUndefined();
  });

  test("lines of one match are never said in another", () => {
    const next = frame({ type: "matched", match: "m2", polite: true, pass: "p", partner: {} } as never);
    const [, effects] = reach(...inCall, lost, say("a"), frame(welcome), next, lost, back);
    expect(sent(effects)).toMatchObject([{ type: "find" }]);
  });
});

describe("a line that comes twice", () => {
  test.each([
    ["my socket was lost", [lost, back]],
    ["the stranger was away", [away, returned]],
    ["the stranger went away", [away]],
    ["the stranger is back without having been missed", [returned]],
  ] as [string, Happening[]][])("is heard once after %s", (_, between) => {
    const [call] = reach(...inCall, [1, hear("a", "1")], ...between.map((one) => [2, one] as never), [
      3,
      hear("a", "1"),
    ]);
    expect(texts(call)).toEqual(["a"]);
  });

  test("is heard twice if no connection was lost", () => {
    expect(texts(reach(...inCall, [1, hear("a", "1")], [2, hear("a", "1")])[0])).toEqual(["a", "a"]);
    const late = reach(...inCall, [1, away], [2, returned], [3, hear("a", "1")], [4, hear("a", "1")]);
    expect(texts(late[0])).toEqual(["a", "a"]);
  });

  test("is another one with another id, another text, or if it is mine", () => {
    const [call] = reach(...inCall, hear("a", "1"), say("c", "3"), [1, away], [1, returned]);
    const [after] = onFrom(call, [2, hear("a", "2")], [2, hear("b", "1")], [2, hear("c", "3")]);
    expect(texts(after)).toEqual(["a", "c", "a", "b", "c"]);
  });

  test("is forgotten after fifty others of the stranger", () => {
    const others = Array.from({ length: 50 }, (_, n) => hear(`${n}`));
    const [call] = reach(...inCall, hear("a"), hear("b"), ...others.slice(1), [1, returned]);
    expect(texts(onFrom(call, [2, hear("b")], [2, hear("a")])[0])?.slice(50)).toEqual(["49", "a"]);
  });
});

describe("a line that failed is said again", () => {
  const failed = frame({ type: "error", code: "partner_away", message: "No.", id: "a" });
  const again = (id: string): Happening => ({ type: "say_again", id });

  test("as the last one, under its id, when the stranger is back", () => {
    const [call] = reach(...inCall, away, say("a"), say("b"), failed, returned);
    const [after, effects] = onFrom(call, again("a"));
    expect([states(after), sent(effects)]).toEqual([["b sent", "a sent"], [chat("a")]]);
  });

  test("and waits, with others, while my socket is away", () => {
    const [call, effects] = onFrom(reach(...inCall, away, say("a"), failed)[0], lost, again("a"));
    expect([states(call), sent(effects)]).toEqual([["a pending"], []]);
  });

  test("only if it failed, is mine, and somebody is here", () => {
    const [call] = reach(...inCall, say("a"), hear("b"));
    expect(onFrom(call, again("a"), again("b"), again("c"))).toEqual([call, []]);
    const [gone] = reach(...inCall, away, say("a"), failed, over);
    expect(onFrom(gone, again("a"))).toEqual([gone, []]);
  });
});
