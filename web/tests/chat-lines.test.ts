import { describe, expect, test } from "vitest";
import { timerAt } from "../src/core/call";
import { LINES_KEPT } from "../src/core/call/chat-lines";
import { MAX_WAITING } from "../src/core/call/send-buffer";
import type { Call, CallEvent } from "../src/core/call/state";
import { frame, inCall, lost, matched, onFrom, reach, resumed, sent, step, told, welcome } from "./calls";

const say = (text: string, id = text): CallEvent => ({ type: "say", text, id });
const lift: CallEvent = { type: "lift_curtain", asked: true };
const chat = (n: number, text: string, id = text) => ({ type: "chat", match: "m1", n, text, id }) as const;
const hear = (n: number, text: string, id = text) => frame(chat(n, text, id));
const received = (n: number) => ({ type: "received", match: "m1", n }) as const;
const arrived = (n: number) => frame(received(n));
const back = frame({ ...welcome, resumed });
const alone = frame({ ...welcome, resumed: { ...resumed, partner_here: false } });
const away = frame({ type: "partner_away", match: "m1", grace: 15 });
const returned = frame({ type: "partner_back", match: "m1" });
const timer: CallEvent = { type: "timer" };
const over = frame({ type: "ended", match: "m1", reason: "lost" });

const states = ({ conversation }: Call) => conversation?.lines.map(({ text, state }) => `${text} ${state}`);
const texts = ({ conversation }: Call) => conversation?.lines.map(({ text }) => text);
const many = (count: number) => Array.from({ length: count }, (_, n) => say(`${n}`));

describe("my line", () => {
  test("is numbered, and pending until it is acknowledged", () => {
    const [call, effects] = reach(...inCall, say("a"), say("b"));
    expect([states(call), sent(effects)]).toEqual([["a pending", "b pending"], [chat(2, "b")]]);
    expect(states(step(call, arrived(1))[0])).toEqual(["a delivered", "b pending"]);
    expect(states(step(call, arrived(2))[0])).toEqual(["a delivered", "b delivered"]);
  });

  test("is not delivered by an impossible number or by another match", () => {
    const [call] = reach(...inCall, say("a"));
    for (const n of [0, 2, -1, Number.NaN]) expect(step(call, arrived(n))).toEqual([call, []]);
    expect(step(call, frame({ ...received(1), match: "m0" }))).toEqual([call, []]);
  });

  test("does not change a line of the stranger with the same id", () => {
    const [call] = reach(...inCall, say("a", "1"), hear(1, "b", "1"), say("c", "3"), arrived(1));
    expect(states(call)).toEqual(["a delivered", "b delivered", "c pending"]);
  });

  test("has its own numbers in each match", () => {
    const next = frame({ ...matched, match: "m2" });
    const [, effects] = reach(...inCall, say("a"), say("b"), over, next, say("c"));
    expect(sent(effects)).toEqual([{ ...chat(1, "c"), match: "m2" }]);
  });
});

describe("a line of the stranger", () => {
  test("is shown if it is the next one, and acknowledged at once", () => {
    const [call, effects] = reach(...inCall, hear(1, "a"), hear(2, "b"));
    expect([texts(call), sent(effects)]).toEqual([["a", "b"], [received(2)]]);
  });

  test.each([
    ["comes twice", [hear(1, "a"), hear(1, "a")], ["a"], 1],
    ["comes twice under one number", [hear(1, "a"), hear(1, "b")], ["a"], 1],
    ["comes before another one", [hear(2, "b")], [], 0],
    ["comes late", [hear(1, "a"), hear(2, "b"), hear(1, "a")], ["a", "b"], 2],
    ["has a number that makes no sense", [hear(1.5, "a")], [], 0],
  ] as [string, CallEvent[], string[], number][])(
    "that %s is not shown, but acknowledged",
    (_, lines, shown, n) => {
      const [call, effects] = reach(...inCall, ...lines);
      expect([texts(call), sent(effects)]).toEqual([shown, [received(n)]]);
    },
  );

  test("of another match is neither shown nor acknowledged", () => {
    const [call] = reach(...inCall);
    expect(step(call, frame({ ...chat(1, "a"), match: "m0" }))).toEqual([call, []]);
    expect(sent(reach(frame(chat(1, "a")))[1])).toEqual([]);
  });

  test("is shown once, whatever was lost", () => {
    const [call, effects] = reach(
      ...inCall,
      hear(1, "a"),
      lost,
      back,
      hear(1, "a"),
      away,
      returned,
      hear(1, "a"),
    );
    expect([texts(call), sent(effects)]).toEqual([["a"], [received(1)]]);
    expect(texts(step(call, hear(2, "b"))[0])).toEqual(["a", "b"]);
  });

  test("may repeat the text of the one before", () => {
    expect(texts(reach(...inCall, hear(1, "a", "1"), hear(2, "a", "1"))[0])).toEqual(["a", "a"]);
  });
});

describe("while my socket is away", () => {
  test("a line waits, and is sent when the call resumes", () => {
    const [call, effects] = reach(...inCall, lost, say("a"), say("b"));
    expect([states(call), effects, timerAt(call)]).toEqual([["a pending", "b pending"], [], undefined]);
    const [after, again] = onFrom(call, back);
    expect([states(after), sent(again)]).toEqual([
      ["a pending", "b pending"],
      [chat(1, "a"), chat(2, "b")],
    ]);
  });

  test("unacknowledged lines are sent first after a resume, in order and with their numbers", () => {
    const [, effects] = reach(...inCall, say("a"), say("b"), arrived(1), lift, lost, say("c"), back);
    expect(sent(effects)).toEqual([chat(2, "b"), { type: "reveal", match: "m1", n: 3 }, chat(4, "c")]);
    expect(effects.map(({ type }) => type)).toEqual([
      "send",
      "send",
      "send",
      "send_blocks",
      "update_ice",
      "set_reachable",
    ]);
  });

  test("nothing is sent to a partner who is not back", () => {
    const [call, effects] = reach(...inCall, say("a"), lost, alone);
    expect([sent(effects), timerAt(call)]).toEqual([[], undefined]);
    expect(sent(onFrom(call, returned)[1])).toEqual([chat(1, "a")]);
  });

  test("nothing is repeated", () => {
    expect(timerAt(reach(...inCall, say("a"), lost)[0])).toBeUndefined();
  });

  test("failed attempts to connect change nothing", () => {
    const [, effects] = reach(...inCall, say("a"), lost, lost, back);
    expect(sent(effects)).toEqual([chat(1, "a")]);
  });

  test("nothing is sent without a conversation", () => {
    expect(sent(reach(...inCall, { type: "next" }, lost, say("a"), frame(welcome))[1])).toMatchObject([
      { type: "find" },
    ]);
  });
});

describe("while the partner is away", () => {
  test("a line waits for them, and nothing is repeated", () => {
    const [call, effects] = reach(...inCall, say("a"), away, say("b"));
    expect([states(call), sent(effects), timerAt(call)]).toEqual([["a pending", "b pending"], [], undefined]);
    expect(sent(step(call, timer, 100)[1])).toEqual([]);
    expect(sent(step(call, returned)[1])).toEqual([chat(1, "a"), chat(2, "b")]);
  });

  test("typing is not sent, either", () => {
    const typing: CallEvent = { type: "typing" };
    expect(sent(reach(...inCall, typing)[1])).toEqual([{ type: "typing", match: "m1" }]);
    expect(sent(reach(...inCall, away, typing)[1])).toEqual([]);
    expect(sent(reach(...inCall, lost, typing)[1])).toEqual([]);
  });

  test("even a short absence makes the page repeat its lines", () => {
    expect(sent(reach(...inCall, say("a"), say("b"), arrived(1), returned)[1])).toEqual([chat(2, "b")]);
  });
});

describe("an unacknowledged line", () => {
  test("is repeated by the timer: the oldest only, less and less often", () => {
    let [call] = reach(...inCall, [100, say("a")], [101, say("b")]);
    for (const second of [103, 109, 121]) {
      expect(timerAt(call)).toBe(second * 1000);
      const [after, effects] = step(call, timer, second);
      expect(sent(effects)).toEqual([chat(1, "a")]);
      call = after;
    }
  });

  test("is not repeated early if the timer is early", () => {
    const [call] = reach(...inCall, [100, say("a")]);
    expect(step(call, timer, 102.999)).toEqual([call, []]);
  });

  test("needs no timer after its acknowledgement, and the rewind keeps its own timer", () => {
    expect(timerAt(reach(...inCall, say("a"), arrived(1))[0])).toBeUndefined();
    const next = frame({ ...matched, match: "m2" });
    const [call] = reach(...inCall, [0, { type: "next" }], next, [5, say("a")]);
    expect(timerAt(call)).toBe(8_000);
    expect(timerAt(step(call, frame({ type: "received", match: "m2", n: 1 }))[0])).toBe(30_000);
  });

  test("waits with at most sixty others: one more fails visibly and replaces none", () => {
    const [call, effects] = reach(...inCall, lost, ...many(300));
    expect([call.conversation?.lines.length, told(effects)]).toEqual([LINES_KEPT, ["full"]]);
    expect(states(call)?.at(-1)).toBe("299 failed");
    const again = sent(onFrom(call, lift, back)[1]);
    expect(again.slice(0, MAX_WAITING)).toEqual(Array.from({ length: 60 }, (_, n) => chat(n + 1, `${n}`)));
    expect(again.slice(MAX_WAITING)).toEqual([{ type: "reveal", match: "m1", n: 61 }]);
  });
});

describe("a line that is refused by its id", () => {
  const refusal = (id: string) => frame({ type: "error", code: "from_the_future", message: "No.", id });

  test("fails with a message, and the others are sent again without a gap", () => {
    const [call, effects] = reach(
      ...inCall,
      say("a"),
      hear(1, "b", "2"),
      say("b", "2"),
      say("c"),
      refusal("2"),
    );
    expect(states(call)).toEqual(["a pending", "b delivered", "b failed", "c pending"]);
    expect(effects[0]).toEqual({ type: "notify", notice: { code: "error", detail: "No." } });
    expect(sent(effects)).toEqual([chat(1, "a"), chat(2, "c")]);
    expect(states(step(call, arrived(2))[0])).toEqual([
      "a delivered",
      "b delivered",
      "b failed",
      "c delivered",
    ]);
  });

  test("stays pending if it may have arrived earlier", () => {
    const [call] = reach(...inCall, [0, say("a")], [3, timer]);
    expect(step(call, refusal("a"))).toEqual([call, []]);
  });

  test("is ignored after its match has ended", () => {
    const [call] = reach(...inCall, say("a"), over);
    expect(step(call, refusal("a"))).toEqual([call, []]);
  });
});

describe("a failed line is sent again", () => {
  const failed = frame({ type: "error", code: "from_the_future", message: "No.", id: "a" });
  const again = (id: string): CallEvent => ({ type: "resend", id });

  test("as the last one, with its id and a new number", () => {
    const [call] = reach(...inCall, say("a"), failed, say("b"), arrived(1));
    const [after, effects] = onFrom(call, again("a"));
    expect([states(after), sent(effects)]).toEqual([["b delivered", "a pending"], [chat(2, "a")]]);
  });

  test("later, with the others, while my socket is away", () => {
    const [call, effects] = reach(...inCall, say("a"), failed, lost, again("a"));
    expect([states(call), sent(effects)]).toEqual([["a pending"], []]);
  });

  test("only if it failed, is mine, and the match is still the same", () => {
    const [call] = reach(...inCall, say("a"), hear(1, "b"));
    expect(onFrom(call, again("a"), again("b"), again("c"))).toEqual([call, []]);
    const [gone] = reach(...inCall, say("a"), failed, over);
    expect(onFrom(gone, again("a"))).toEqual([gone, []]);
  });

  test("only if there is room, and stays in place otherwise", () => {
    const [call] = reach(...inCall, lost, ...many(62));
    const [after, effects] = onFrom(call, again("60"));
    expect([after, told(effects)]).toEqual([call, ["full"]]);
  });
});

describe("after the match", () => {
  test.each([
    ["my socket came back without it", [say("a"), lost, say("b"), frame(welcome)]],
    ["the partner did not come back", [say("a"), away, say("b"), over]],
    [
      "the partner left before it was acknowledged",
      [say("a"), say("b"), frame({ type: "ended", match: "m1", reason: "next" })],
    ],
    ["another tab took the socket", [say("a"), say("b"), { type: "connection_closed", why: "elsewhere" }]],
  ] as [string, CallEvent[]][])("unacknowledged lines are reported: %s", (_, events) => {
    expect(told(reach(...inCall, ...events)[1])).toContain("unconfirmed");
  });

  test.each([
    [[say("a"), arrived(1), over]],
    [[say("a"), away, returned, arrived(1), over]],
    [[hear(1, "a"), lost, frame(welcome)]],
    [[lost, say("a"), back, arrived(1), over]],
  ] as [CallEvent[]][])("nothing is reported if everything was acknowledged (%#)", (events) => {
    expect(told(reach(...inCall, ...events)[1])).toEqual([]);
  });

  test("an unacknowledged line stays visible as unconfirmed", () => {
    const [call, effects] = reach(
      ...inCall,
      say("a"),
      arrived(1),
      say("b"),
      hear(1, "c"),
      away,
      say("d"),
      over,
    );
    expect([call.conversation, told(effects)]).toEqual([undefined, ["unconfirmed"]]);
    expect(call.unconfirmed?.map(({ text, state }) => `${text} ${state}`)).toEqual([
      "b unconfirmed",
      "d unconfirmed",
    ]);
  });

  test("an unconfirmed line stays when the socket is lost, and is not reported again", () => {
    const [call, effects] = onFrom(reach(...inCall, say("a"), over)[0], lost, frame(welcome));
    expect(call.unconfirmed?.map(({ text }) => text)).toEqual(["a"]);
    expect([call.ended, told(effects)]).toEqual(["lost", []]);
  });

  test("unconfirmed lines disappear with the next match or Stop", () => {
    const gone = reach(...inCall, say("a"), over)[0];
    const searches = frame({ type: "searching", waiting: 1, stage: 0 });
    expect(onFrom(gone, searches)[0].unconfirmed).toHaveLength(1);
    expect(onFrom(gone, frame({ ...matched, match: "m2" }))[0].unconfirmed).toBeUndefined();
    expect(onFrom(gone, { type: "stop" })[0].unconfirmed).toBeUndefined();
  });

  test("unconfirmed lines are never sent in another match", () => {
    const next = frame({ ...matched, match: "m2" });
    const [, effects] = reach(...inCall, lost, say("a"), frame(welcome), next, lost, back);
    expect(sent(effects)).toMatchObject([{ type: "find" }]);
  });
});

test("two pages that lose half of everything show every line once, in order", () => {
  let seed = 7;
  const dice = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const pages = [reach(...inCall)[0], reach(...inCall)[0]] as [Call, Call];
  const act = (who: 0 | 1, event: CallEvent, second: number) => {
    const [after, effects] = step(pages[who], event, second);
    pages[who] = after;
    for (const message of sent(effects)) if (dice() < 0.5) act(who ? 0 : 1, frame(message as never), second);
  };
  for (let second = 0; second < 4_000; second++) {
    if (second < 200 && second % 10 === 0) act(0, say(`a${second}`), second);
    if (second < 200 && second % 10 === 5) act(1, say(`b${second}`), second);
    for (const who of [0, 1] as const)
      if ((timerAt(pages[who]) ?? Infinity) <= second * 1000) act(who, timer, second);
  }
  const of = (call: Call, from: "me" | "stranger") =>
    call.conversation?.lines.filter((line) => line.from === from).map(({ text }) => text);
  expect(of(pages[1], "stranger")).toEqual(Array.from({ length: 20 }, (_, n) => `a${n * 10}`));
  expect(of(pages[0], "stranger")).toEqual(Array.from({ length: 20 }, (_, n) => `b${n * 10 + 5}`));
  expect(pages.map(({ conversation }) => conversation?.sending.waiting)).toEqual([[], []]);
});
