import { describe, expect, test } from "vitest";
import { endingKey, onlyChatPauses, shownConversation } from "../src/core/call/over";
import type { Call, CallEvent, Wish } from "../src/core/call/state";
import { transcriptOf } from "../src/core/call/transcript";
import { endingOf } from "../src/safety/call-ending";
import { mayReload } from "../src/view/language";
import { frame, inCall, lost, matched, onFrom, reach, resumed, sent, start, told, welcome } from "./calls";

const wish: Wish = { mode: "text", interests: [], languages: ["de"] };
const find = { type: "find", ...wish, once: true };
const inChat: CallEvent[] = [{ type: "start", wish }, frame(welcome), frame(matched)];
const say = (text: string): CallEvent => ({ type: "say", text, id: text });
const hear = (n: number, text: string) => frame({ type: "chat", match: "m1", n, text, id: text });
const ended = (reason: "next" | "stop" | "lost" | "blocked" | "banned") =>
  frame({ type: "ended", match: "m1", reason });
const next: CallEvent = { type: "next" };
const left = [...inChat, hear(1, "my name is Ada"), say("mine"), ended("next")];

const lines = (call: Call) => shownConversation(call)?.lines.map(({ text, state }) => `${text} ${state}`);

describe("when the stranger leaves a text conversation", () => {
  test.each(["next", "stop", "lost", "blocked", "banned"] as const)(
    "by %s, its lines stay and no search goes on",
    (reason) => {
      const [before] = reach(...inChat, hear(1, "my name is Ada"));
      const [call, effects] = onFrom(before, ended(reason));
      expect([call.phase, call.ended, call.conversation, lines(call)]).toEqual([
        "over",
        reason,
        undefined,
        ["my name is Ada delivered"],
      ]);
      expect([effects, endingOf(before, call)]).toEqual([[{ type: "close_media" }], reason]);
    },
  );

  test("a line that may not have arrived says so in its place", () => {
    const [call, effects] = reach(...left);
    expect(lines(call)).toEqual(["my name is Ada delivered", "mine unconfirmed"]);
    expect(told(effects)).toEqual(["unconfirmed"]);
  });

  test("the same is true when the match cannot be resumed", () => {
    const [call, effects] = reach(...inChat, say("mine"), lost, frame(welcome));
    expect([call.phase, call.ended, lines(call)]).toEqual(["over", "lost", ["mine unconfirmed"]]);
    expect(sent(effects)).toEqual([]);
  });

  test("Next clears the lines and asks for somebody else", () => {
    const [call, effects] = reach(...left, next);
    expect([call.phase, lines(call), sent(effects)]).toEqual(["searching", undefined, [find]]);
    expect(onFrom(call, frame({ ...matched, match: "m2" }))[0].conversation?.match).toBe("m2");
  });

  test("Next works without a socket, too", () => {
    const [call] = reach(...left, lost);
    expect([call.phase, lines(call)?.length]).toEqual(["over", 2]);
    const [searches, effects] = onFrom(call, next);
    expect([searches.phase, effects]).toEqual(["searching", [{ type: "connect" }]]);
    expect(sent(onFrom(searches, frame(welcome))[1])).toEqual([find]);
    expect(sent(onFrom(call, frame(welcome))[1])).toEqual([]);
  });

  test("the page needs no socket", () => {
    const [call, effects] = reach(...left, { type: "idle_too_long" });
    expect([call.phase, call.online, effects]).toEqual(["over", false, [{ type: "disconnect" }]]);
    expect(onFrom(call, { type: "may_connect" })[1]).toEqual([{ type: "connect" }]);
  });

  test("Stop clears the lines", () => {
    const [call] = reach(...left, { type: "stop" });
    expect([call.phase, lines(call)]).toEqual(["idle", undefined]);
  });

  test("nothing more can be said", () => {
    const [call] = reach(...left);
    for (const event of [say("x"), { type: "typing" }, hear(2, "y")] as CallEvent[])
      expect(onFrom(call, event)).toEqual([call, []]);
  });

  test("the two can still go back to each other", () => {
    const [call, effects] = reach(...left, { type: "rewind_requested" });
    expect([call.phase, sent(effects)]).toEqual(["over", [{ type: "rewind", match: "m1" }]]);
    const [again] = onFrom(call, frame({ ...matched, match: "m2" }));
    expect([again.phase, again.conversation?.match, again.past]).toEqual(["matched", "m2", undefined]);
  });

  test("the page follows a gateway that searches all the same", () => {
    const [call] = reach(...left, frame({ type: "searching", waiting: 1, stage: 2 }));
    expect([call.phase, call.past]).toEqual(["searching", undefined]);
  });

  test("nothing takes the lines away but the visitor", () => {
    const [call] = reach(...left);
    expect(mayReload(call)).toBe(false);
    expect(onFrom(call, { type: "consent_outdated" })).toEqual([call, []]);
    const [elsewhere] = onFrom(call, { type: "connection_closed", why: "elsewhere" });
    expect([elsewhere.phase, lines(elsewhere)?.length]).toEqual(["over", 2]);
    expect(onFrom(elsewhere, next)[1]).toEqual([{ type: "connect" }]);
  });
});

test("a video call that ends goes on to a search, as ever", () => {
  const [call, effects] = reach(...inCall, ended("stop"));
  expect([call.phase, call.past, sent(effects).map(({ type }) => type)]).toEqual([
    "searching",
    undefined,
    ["find"],
  ]);
  expect(sent(reach(start, frame(welcome))[1])).not.toMatchObject([{ once: true }]);
});

describe("only the chat pauses", () => {
  const connected: CallEvent = { type: "link", match: "m1", link: "connected" };
  const interrupted: CallEvent = { type: "link", match: "m1", link: "interrupted" };
  const away = frame({ type: "partner_away", match: "m1", grace: 15 });
  const back = frame({ ...welcome, resumed });
  const pauses = (arrives: boolean, ...events: CallEvent[]) => onlyChatPauses(reach(...events)[0], arrives);

  test("while a socket is away, mine or theirs, and media arrives", () => {
    for (const gone of [lost, away]) {
      expect(pauses(true, ...inCall, connected, gone)).toBe(true);
      expect(pauses(false, ...inCall, connected, gone)).toBe(false);
    }
  });

  test("only in a call that is connected", () => {
    expect(pauses(true, ...inCall, connected)).toBe(false);
    expect(pauses(true, ...inCall, away)).toBe(false);
    expect(pauses(true, ...inCall, connected, away, interrupted)).toBe(false);
    expect(pauses(true, ...inChat, away)).toBe(false);
    expect(pauses(true, ...inCall, connected, lost, back)).toBe(false);
    expect(pauses(true, start, lost)).toBe(false);
  });
});

describe("a first Start without a network", () => {
  test("is not told as a lost connection", () => {
    const [call] = reach(start, lost, lost);
    expect([call.phase, call.unreached]).toEqual(["reconnecting", true]);
    expect(onFrom(call, frame(welcome))[0].unreached).toBeUndefined();
    expect(onFrom(call, { type: "stop" })[0].unreached).toBeUndefined();
  });

  test("nor is one while the page has not noticed yet that its socket is dead", () => {
    const [idle] = reach(start, frame(welcome), { type: "stop" });
    expect(onFrom(idle, start, lost)[0].unreached).toBe(true);
  });

  test("is another thing than a search that loses its connection", () => {
    const searches = frame({ type: "searching", waiting: 1, stage: 2 });
    expect(reach(start, frame(welcome), searches, lost, lost)[0].unreached).toBeUndefined();
    expect(reach(...inCall, lost)[0].unreached).toBeUndefined();
  });
});

describe("what is said of the end", () => {
  test("is that the stranger left, if they closed the page or did not come back", () => {
    expect(endingKey(reach(...inCall, ended("lost"))[0])).toBe("ended_stop");
    expect(endingKey(reach(...inChat, ended("lost"))[0])).toBe("ended_stop");
  });

  test("is that the connection was lost, if mine was away for too long", () => {
    const [call] = reach(...inCall, lost, frame(welcome));
    expect(endingKey(call)).toBe("ended_lost");
    expect(endingKey(onFrom(call, lost, frame(welcome))[0])).toBe("ended_lost");
    expect(endingKey(reach(...inChat, lost, frame(welcome))[0])).toBe("ended_lost");
    const [again] = onFrom(call, frame({ ...matched, match: "m2" }));
    expect(endingKey(again)).toBeUndefined();
    const parted = frame({ type: "ended", match: "m2", reason: "lost" });
    expect(endingKey(onFrom(again, parted)[0])).toBe("ended_stop");
  });

  test.each(["next", "stop", "blocked", "banned"] as const)("is what the gateway says after %s", (reason) => {
    expect(endingKey(reach(...inCall, ended(reason))[0])).toBe(`ended_${reason}`);
  });
});

test("a copied conversation says who wrote what, without hidden characters", () => {
  const translator = { text: (key: "you" | "stranger") => ({ you: "You", stranger: "Stranger" })[key] };
  const said = [
    { from: "stranger", text: "Hello\u202e you" },
    { from: "me", text: "Hi" },
  ] as const;
  expect(transcriptOf(said, translator)).toBe("Stranger: Hello you\nYou: Hi");
});
