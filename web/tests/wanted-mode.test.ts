import { describe, expect, test } from "vitest";
import { DOWN } from "../src/core/call/curtain-state";
import { keptCall } from "../src/core/call/kept-call";
import { returningTo } from "../src/core/call/returning";
import type { Call, CallEvent, Conversation, Wish } from "../src/core/call/state";
import { askedMode, asksForMore, mayAskFor, myMode } from "../src/core/call/wanted-mode";
import type { Mode, WantedMode } from "../src/messages.generated";
import { frame, ice, lost, matched, onFrom, reach, resumed, sent, welcome } from "./calls";

const wish: Wish = { mode: "text", languages: ["de"] };
const able = frame({ ...welcome, relays_modes: true });
const inChat: CallEvent[] = [{ type: "start", wish }, able, frame(matched)];
const want = (mode: Mode): CallEvent => ({ type: "want_mode", match: "m1", mode });
const decline: CallEvent = { type: "decline_mode", match: "m1" };
const theirs = (mode: Mode, more: Partial<WantedMode> = {}) =>
  frame({ type: "mode", match: "m1", mode, ...more });
const said = (mode: Mode) => ({ type: "mode", match: "m1", mode });
const away = frame({ type: "partner_away", match: "m1" });
const back = frame({ type: "partner_back", match: "m1" });
const of = ([call]: [Call, ...unknown[]]) => call.conversation as Conversation;

describe("a conversation goes on in another mode", () => {
  test("when both want it, whoever says it first", () => {
    for (const events of [
      [want("audio"), theirs("audio")],
      [theirs("audio"), want("audio")],
    ]) {
      const [call, effects] = reach(...inChat, ...events);
      const { conversation } = call;
      expect([conversation?.mode, conversation?.link]).toEqual(["audio", "connecting"]);
      expect(effects.filter(({ type }) => type !== "send")).toEqual([{ type: "change_mode", conversation }]);
    }
  });

  test("and never while only one of the two wants it", () => {
    const [asking, effects] = reach(...inChat, want("audio"));
    expect([of([asking]).mode, sent(effects)]).toEqual(["text", [said("audio")]]);
    expect([effects.length, asksForMore(of([asking]))]).toEqual([1, true]);
    const asked = reach(...inChat, theirs("video"));
    expect([of(asked).mode, askedMode(of(asked)), asked[1]]).toEqual(["text", "audio", []]);
  });

  test("the lower one of what both say", () => {
    expect(of(reach(...inChat, theirs("video"), want("audio"))).mode).toBe("audio");
    expect(of(reach(...inChat, want("video"), theirs("audio"))).mode).toBe("audio");
  });

  test("from audio to video over the connection that there is", () => {
    const linked: CallEvent = { type: "link", match: "m1", link: "connected" };
    const [call, effects] = reach(
      ...inChat,
      want("audio"),
      theirs("audio"),
      linked,
      want("video"),
      theirs("video"),
    );
    expect([of([call]).mode, of([call]).link]).toEqual(["video", "connected"]);
    expect(effects).toEqual([{ type: "change_mode", conversation: call.conversation }]);
  });

  test("but not for another match, and not twice", () => {
    const [call] = reach(...inChat);
    for (const event of [
      frame({ type: "mode", match: "m0", mode: "audio" }),
      { type: "want_mode", match: "m0", mode: "audio" },
      { type: "decline_mode", match: "m0" },
      want("text"),
      decline,
    ] as CallEvent[])
      expect(onFrom(call, event)).toEqual([call, []]);
  });
});

describe("a question", () => {
  test("that is declined is over at both sides", () => {
    const [call, effects] = reach(...inChat, theirs("audio"), decline);
    expect(sent(effects)).toEqual([{ ...said("text"), declined: true }]);
    expect([askedMode(of([call])), of([call]).mode]).toEqual([undefined, "text"]);
    const refused = reach(...inChat, want("audio"), theirs("text", { declined: true }));
    expect([asksForMore(of(refused)), of(refused).wants?.refused]).toEqual([false, true]);
    expect(sent(refused[1])).toEqual([said("text")]);
  });

  test("that is declined is not asked again, but whoever declined may ask", () => {
    const [call] = reach(...inChat, theirs("audio"), decline, theirs("text"), theirs("audio"));
    expect([askedMode(of([call])), of([call]).mode]).toEqual([undefined, "text"]);
    expect(of(onFrom(call, want("audio"))).mode).toBe("audio");
  });

  test("that is declined may come again in another mode", () => {
    const declined = [...inChat, theirs("audio"), decline, theirs("text"), want("audio"), theirs("audio")];
    expect(askedMode(of(reach(...declined, theirs("video"))))).toBe("video");
    const refused = [
      ...inChat,
      want("audio"),
      theirs("text", { declined: true }),
      theirs("audio"),
      want("audio"),
    ];
    expect(of(reach(...refused)).wants?.refused).toBe(false);
  });

  test("is heard three times in a match, and no answer goes to a page that asks for ever", () => {
    let [call] = reach(...inChat);
    const heard: unknown[] = [];
    for (let time = 0; time < 50; time++) {
      const [asked, answers] = onFrom(call, theirs("video"));
      heard.push(askedMode(of([asked])));
      expect(answers).toEqual([]);
      [call] = onFrom(asked, theirs("text"));
    }
    expect(heard.filter(Boolean)).toEqual(["audio", "audio", "audio"]);
  });

  test("is not asked a fourth time", () => {
    let [call] = reach(...inChat);
    for (let time = 0; time < 3; time++) {
      expect(mayAskFor(of([call]))).toBe("audio");
      [call] = onFrom(call, want("audio"), want("text"));
    }
    expect(mayAskFor(of([call]))).toBeUndefined();
  });

  test("to go two steps is two questions", () => {
    const [call] = reach(...inChat, theirs("video"), want("audio"));
    expect([of([call]).mode, askedMode(of([call]))]).toEqual(["audio", "video"]);
  });

  test("can be taken back", () => {
    const [call, effects] = reach(...inChat, want("audio"), want("text"));
    expect([asksForMore(of([call])), sent(effects)]).toEqual([false, [said("text")]]);
  });
});

describe("who goes back", () => {
  const both = [...inChat, want("audio"), theirs("audio"), want("video"), theirs("video")];

  test("takes both back, and cannot return alone", () => {
    const [call, effects] = reach(...both, theirs("audio"));
    expect([of([call]).mode, myMode(of([call])), sent(effects)]).toEqual(["audio", "audio", [said("audio")]]);
    expect(of(onFrom(call, theirs("video"))).mode).toBe("audio");
  });

  test("does not go below what both looked for", () => {
    const video: CallEvent[] = [{ type: "start", wish: { ...wish, mode: "video" } }, able, frame(matched)];
    expect(reach(...video, theirs("text"))).toEqual([reach(...video)[0], []]);
  });

  test("and sees a new picture behind a new curtain", () => {
    const lift: CallEvent = { type: "lift_curtain", asked: true };
    const reveal = (n: number) => frame({ type: "reveal", match: "m1", n });
    const lifted = [...both, lift, reveal(1)];
    expect(of(reach(...lifted)).lifted).toMatchObject({ mine: true, theirs: true });
    const again = [...lifted, theirs("audio"), reveal(2), want("video"), theirs("video")];
    const [call] = reach(...again);
    expect([of([call]).mode, of([call]).lifted]).toEqual(["video", DOWN]);
    expect(sent(onFrom(call, lift)[1])).toEqual([{ type: "reveal", match: "m1", n: 2 }]);
    expect(of(onFrom(call, reveal(3))).lifted.theirs).toBe(true);
  });

  test("to text closes the connection", () => {
    const [call, effects] = reach(...both, theirs("text"));
    expect([of([call]).mode, of([call]).link]).toEqual(["text", "connected"]);
    expect(effects.at(-1)).toEqual({ type: "change_mode", conversation: call.conversation });
  });
});

describe("what was said", () => {
  test("is said again when it may have been lost, and only then", () => {
    const [asking] = reach(...inChat, want("audio"));
    expect(sent(onFrom(asking, away, back)[1])).toEqual([said("audio")]);
    const [again, effects] = onFrom(asking, lost, frame({ ...welcome, relays_modes: true, resumed }));
    expect(sent(effects)).toEqual([said("audio")]);
    expect(of([again]).mode).toBe("text");
    expect(sent(reach(...inChat, away, back)[1])).toEqual([]);
    const no = { ...said("text"), declined: true };
    expect(sent(reach(...inChat, theirs("audio"), decline, away, back)[1])).toEqual([no]);
  });

  test("goes to no gateway that does not relay it", () => {
    const older: CallEvent[] = [{ type: "start", wish }, frame(welcome), frame(matched)];
    expect(sent(reach(...older, want("audio"))[1])).toEqual([]);
    const [asking] = reach(...inChat, want("audio"));
    expect(sent(onFrom(asking, lost, frame({ ...welcome, resumed }))[1])).toEqual([]);
  });

  test("survives a reload", () => {
    const [call] = reach(...inChat, want("audio"), theirs("audio"), want("video"));
    const stored = keptCall(call, undefined, { muted: false, cameraOff: false }, 1_000);
    const found = returningTo(JSON.parse(JSON.stringify(stored)), 2_000, 0);
    const kept = (found as { call: Call }).call;
    expect([of([kept]).mode, myMode(of([kept]))]).toEqual(["audio", "video"]);
    const [after, effects] = onFrom(kept, frame({ ...welcome, relays_modes: true, resumed }));
    expect(sent(effects)).toEqual([said("video")]);
    expect(of(onFrom(after, theirs("video"))).mode).toBe("video");
  });
});

test("credentials that came with the match are as old as the match when the connection opens", () => {
  const limited = frame({ ...matched, ice: { ...ice, expires_in: 120 } });
  const opened = (second: number) =>
    of(reach({ type: "start", wish }, able, limited, want("audio"), [second, theirs("audio")])).ice
      .expires_in;
  expect([opened(0), opened(90), opened(500)]).toEqual([120, 30, 0]);
});

test("after a conversation that began by text its lines stay, whatever it became", () => {
  const ended = frame({ type: "ended", match: "m1", reason: "next" });
  const [call, effects] = reach(...inChat, want("audio"), theirs("audio"), ended);
  expect([call.phase, call.past?.mode, effects]).toEqual(["over", "text", [{ type: "close_media" }]]);
});

describe("two pages", () => {
  const modes: readonly Mode[] = ["text", "audio", "video"];

  /** Returns numbers that look random, and are the same in each run. */
  function numbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
  }

  /** One page, and what is under way to it. */
  interface Page {
    call: Call;
    coming: WantedMode[];
  }

  function act(one: Page, other: Page, event: CallEvent): void {
    const [call, effects] = onFrom(one.call, event);
    one.call = call;
    for (const message of sent(effects)) if (message.type === "mode") other.coming.push(message);
  }

  test("agree in the end, whatever both press and however it crosses", () => {
    for (let seed = 1; seed <= 2_000; seed++) {
      const below = numbers(seed);
      const pages = [0, 1].map((): Page => ({ call: reach(...inChat)[0], coming: [] }));
      const deliver = (at: number) => {
        const [one, other] = [pages[at], pages[1 - at]] as [Page, Page];
        const message = one.coming.shift();
        if (message) act(one, other, frame(message));
      };
      for (let turn = 0; turn < 14; turn++) {
        const at = below(2);
        const [one, other] = [pages[at], pages[1 - at]] as [Page, Page];
        const mode = modes[below(3)] as Mode;
        if (below(3) === 0) act(one, other, want(mode));
        else if (below(4) === 0) act(one, other, decline);
        else deliver(at);
      }
      for (let turn = 0; pages.some(({ coming }) => coming.length > 0); turn++) {
        if (turn > 100) throw new Error(`seed ${seed} never comes to rest`);
        deliver(below(2));
      }
      const [one, other] = pages.map(({ call }) => of([call])) as [Conversation, Conversation];
      expect([seed, one.mode, myMode(one)]).toEqual([seed, other.mode, other.wants?.theirs ?? "text"]);
    }
  });
});
