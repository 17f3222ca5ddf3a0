import { describe, expect, test } from "vitest";
import { begin } from "../src/core/call";
import type { CallEvent } from "../src/core/call/state";
import type { Ice, ToBrowser } from "../src/messages.generated";
import {
  frame,
  ice,
  inCall,
  matched,
  onFrom,
  reach,
  resumed,
  sent,
  start,
  step,
  welcome,
  wish,
} from "./calls";

describe("searching", () => {
  test("a first visitor must give consent, a returning one need not", () => {
    expect(begin(false).phase).toBe("consent");
    expect(step(begin(false), { type: "agreed" })[0].phase).toBe("idle");
    expect(begin(true).phase).toBe("idle");
  });

  test("Start does nothing before consent", () => {
    expect(step(begin(false), start)).toEqual([begin(false), []]);
  });

  test("Start connects, and the welcome is answered with the wish", () => {
    const [call, effects] = reach(start);
    expect([call.phase, effects]).toEqual(["searching", [{ type: "connect" }]]);
    expect(sent(reach(start, frame(welcome))[1])).toEqual([{ type: "find", ...wish }]);
  });

  test("a second Start uses the open socket", () => {
    expect(reach(start, frame(welcome), { type: "stop" }, start)[1]).toEqual([
      { type: "send", message: { type: "find", ...wish } },
    ]);
  });

  test("the gateway's news about the search is stored", () => {
    const searching = frame({ type: "searching", waiting: 3, stage: 1, widens_in: 2.5 });
    expect(reach(start, frame(welcome), searching)[0].search).toEqual({
      waiting: 3,
      stage: 1,
      widensIn: 2.5,
    });
  });

  test("a hint is stored, and disappears with its search", () => {
    const hinted = frame({ type: "searching", waiting: 2, stage: 0, hint: "languages:cy" });
    const [call] = reach(start, frame(welcome), hinted);
    expect(call.search).toEqual({ waiting: 2, stage: 0, hint: "languages:cy" });
    expect(step(call, frame({ type: "searching", waiting: 2, stage: 1 }))[0].search).toEqual({
      waiting: 2,
      stage: 1,
    });
  });

  test.each([
    ["interests", { nearby: true, strict_language: true }],
    ["nearby", { interests: ["chess"], strict_language: true }],
    ["strict_language", { interests: ["chess"], nearby: true }],
  ] as const)("giving up %s continues the search with the rest of the wish", (relax, rest) => {
    const whole = { ...wish, nearby: true, strict_language: true };
    const hinted = frame({ type: "searching", waiting: 2, stage: 0, hint: "nearby" });
    const [call, effects] = reach({ type: "start", wish: whole }, frame(welcome), hinted, {
      type: "relax",
      relax,
    });
    const left = { mode: "video", languages: ["de"], ...rest };
    expect([call.phase, call.search, call.wish]).toEqual(["searching", undefined, left]);
    expect(sent(effects)).toEqual([{ type: "find", ...left }]);
    expect(sent(step(call, frame(welcome))[1])).toEqual([{ type: "find", ...left }]);
  });

  test("nothing can be given up in a conversation or without a socket", () => {
    const relax: CallEvent = { type: "relax", relax: "interests" };
    expect(step(reach(...inCall)[0], relax)).toEqual([reach(...inCall)[0], []]);
    expect(reach(start, relax)[1]).toEqual([]);
    expect(sent(reach(start, relax, frame(welcome))[1])).toEqual([
      { type: "find", mode: "video", languages: ["de"] },
    ]);
  });

  test("a match opens the media with the data of the frame", () => {
    const [call, effects] = reach(...inCall);
    expect(call.phase).toBe("matched");
    expect(effects.map(({ type }) => type)).toEqual(["open_media"]);
    expect(effects).toMatchObject([{ conversation: { match: "m1", polite: true, pass: "p1", ice } }]);
    expect(call.conversation).toMatchObject({ match: "m1", polite: true, pass: "p1", ice });
  });

  test("a match that comes after Stop is ignored", () => {
    const [call, effects] = reach(start, frame(welcome), { type: "stop" }, frame(matched));
    expect([call.phase, call.conversation, effects]).toEqual(["idle", undefined, []]);
  });
});

describe("leaving", () => {
  test("Next clears the chat at once and names the match", () => {
    const [call, effects] = reach(...inCall, { type: "say", text: "hi", id: "1" }, { type: "next" });
    expect([call.phase, call.conversation]).toEqual(["searching", undefined]);
    expect(effects).toEqual([
      { type: "close_media" },
      { type: "send", message: { type: "next", match: "m1" } },
    ]);
  });

  test("a second Next leaves only one stranger", () => {
    expect(reach(...inCall, { type: "next" }, { type: "next" })[1]).toEqual([]);
  });

  test.each(["next", "lost"] as const)("after %s the gateway continues the search by itself", (reason) => {
    const [call, effects] = reach(...inCall, frame({ type: "ended", match: "m1", reason }));
    expect([call.phase, call.ended, effects]).toEqual(["searching", reason, [{ type: "close_media" }]]);
  });

  test.each(["stop", "blocked", "banned"] as const)(
    "after %s the page asks for the next search",
    (reason) => {
      const [call, effects] = reach(...inCall, frame({ type: "ended", match: "m1", reason }));
      expect([call.phase, sent(effects)]).toEqual(["searching", [{ type: "find", ...wish }]]);
    },
  );

  test("a Next that crosses the partner's Stop goes on to a search", () => {
    const [call, effects] = reach(
      ...inCall,
      { type: "next" },
      frame({ type: "ended", match: "m1", reason: "stop" }),
    );
    expect([call.phase, sent(effects)]).toEqual(["searching", [{ type: "find", ...wish }]]);
    const after = reach(...inCall, { type: "next" }, frame({ type: "ended", match: "m1", reason: "next" }));
    expect([after[0].phase, sent(after[1])]).toEqual(["searching", []]);
  });

  test("the end of another match is ignored", () => {
    expect(reach(...inCall, frame({ type: "ended", match: "m0", reason: "next" }))[0].phase).toBe("matched");
  });

  test("Stop returns to idle and keeps the socket", () => {
    const [call, effects] = reach(...inCall, { type: "stop" });
    expect([call.phase, call.online]).toEqual(["idle", true]);
    expect(effects).toEqual([{ type: "close_media" }, { type: "send", message: { type: "stop" } }]);
  });

  test("blocking the current partner leaves first, so that the search continues", () => {
    const [call, effects] = reach(...inCall, { type: "block", match: "m1", pass: "p1" });
    expect(call.phase).toBe("searching");
    expect(sent(effects)).toEqual([
      { type: "next", match: "m1" },
      { type: "block", pass: "p1" },
    ]);
  });

  test("blocking an earlier partner does not touch the current one", () => {
    const [call, effects] = reach(...inCall, { type: "block", match: "m0", pass: "p0" });
    expect([call.phase, sent(effects)]).toEqual(["matched", [{ type: "block", pass: "p0" }]]);
  });
});

describe("in a conversation", () => {
  test("lines of both sides are in order, and those of other matches are dropped", () => {
    const [call] = reach(
      ...inCall,
      { type: "say", text: "hi", id: "1" },
      frame({ type: "chat", match: "m1", n: 1, text: "hello", id: "1" }),
      frame({ type: "chat", match: "m0", n: 2, text: "stale", id: "2" }),
    );
    expect(call.conversation?.lines.map(({ from, text }) => [from, text])).toEqual([
      ["me", "hi"],
      ["stranger", "hello"],
    ]);
  });

  test("a very long conversation does not grow forever", () => {
    const lines = Array.from({ length: 300 }, (_, n) =>
      frame({ type: "chat", match: "m1", n: n + 1, text: `${n}`, id: `${n}` }),
    );
    const kept = reach(...inCall, ...lines)[0].conversation?.lines;
    expect([kept?.length, kept?.at(-1)?.text]).toEqual([200, "299"]);
  });

  test("signals of this match reach the peer, others do not", () => {
    const signal = (match: string) =>
      frame({ type: "description", match, description: { type: "offer", sdp: "" } });
    expect(reach(...inCall, signal("m1"))[1]).toMatchObject([{ type: "signal" }]);
    expect(reach(...inCall, signal("m0"))[1]).toEqual([]);
  });

  test("the partner's absence is stored, and a fresh pass replaces the old one", () => {
    const away = reach(...inCall, frame({ type: "partner_away", match: "m1", grace: 15 }));
    expect([away[0].conversation?.away, away[1]]).toEqual([
      true,
      [{ type: "set_reachable", reachable: false }],
    ]);
    const back = step(away[0], frame({ type: "partner_back", match: "m1", pass: "p2" }));
    expect(back[0].conversation).toMatchObject({ away: false, pass: "p2" });
    expect(back[1]).toEqual([{ type: "set_reachable", reachable: true }]);
  });

  test.each([
    { type: "reveal", match: "m0", n: 1 },
    { type: "received", match: "m0", n: 1 },
    { type: "memory", memory: "n2" },
    { type: "rewind_offer", match: "m0", expires_in: 3 },
    { type: "error", code: "memory_refused", message: "" },
    { type: "error", code: "stale_epoch", message: "", epoch: 7 },
    { type: "from_the_future" } as unknown as ToBrowser,
  ] as ToBrowser[])("$type is accepted and changes nothing", (message) => {
    expect(reach(...inCall, frame(message))).toEqual([reach(...inCall)[0], []]);
  });

  test("other errors are shown", () => {
    expect(reach(...inCall, frame({ type: "error", code: "too_fast", message: "Slower." }))[1]).toEqual([
      { type: "notify", notice: { code: "error", detail: "Slower." } },
    ]);
  });
});

describe("when the socket is lost", () => {
  test("the media go on", () => {
    const [call, effects] = reach(...inCall, { type: "connection_lost" });
    expect([call.phase, call.conversation?.match]).toEqual(["reconnecting", "m1"]);
    expect(effects).toEqual([{ type: "set_reachable", reachable: false }]);
  });

  test("a welcome that resumes keeps the connection", () => {
    const alone = { ...resumed, partner_here: false };
    const [call, effects] = reach(
      ...inCall,
      { type: "connection_lost" },
      frame({ ...welcome, resumed: alone }),
    );
    expect(call.conversation).toMatchObject({ match: "m1", pass: "p2", away: true });
    expect(call.phase).toBe("matched");
    expect(effects.filter(({ type }) => type !== "update_ice")).toEqual([
      { type: "send_blocks" },
      { type: "set_reachable", reachable: false },
    ]);
  });

  test("a welcome that resumes brings new ICE servers first", () => {
    const fresh: Ice = { servers: [{ urls: ["turn:b"] }], policy: "relay", expires_in: 600 };
    const again = frame({ ...welcome, resumed: { ...resumed, ice: fresh } });
    const [call, effects] = reach(...inCall, { type: "connection_lost" }, again);
    expect(call.conversation?.ice).toEqual(fresh);
    expect(effects.slice(-2)).toEqual([
      { type: "update_ice", ice: fresh },
      { type: "set_reachable", reachable: true },
    ]);
  });

  test("a welcome that does not resume ends the call and searches with the same wish", () => {
    const [call, effects] = reach(...inCall, { type: "connection_lost" }, frame(welcome));
    expect([call.phase, call.conversation, call.ended]).toEqual(["searching", undefined, "lost"]);
    expect(effects.map((effect) => effect.type)).toEqual(["close_media", "send_blocks", "send"]);
  });

  test("an idle visitor notices nothing, and the next Start connects at once", () => {
    const [call, effects] = reach(start, frame(welcome), { type: "stop" }, { type: "connection_lost" });
    expect([call.phase, call.online, effects]).toEqual(["idle", false, []]);
    expect(onFrom(call, start)[1]).toEqual([{ type: "connect" }]);
    expect(sent(onFrom(call, frame(welcome), start)[1])).toEqual([{ type: "find", ...wish }]);
  });

  test("to another tab, the page is idle and says so", () => {
    const [call, effects] = reach(...inCall, { type: "connection_closed", why: "elsewhere" });
    expect([call.phase, effects]).toEqual(["idle", [{ type: "close_media" }]]);
    expect([call.stopped, onFrom(call, start)[0].stopped]).toEqual(["elsewhere", undefined]);
    const [unhurt] = onFrom(begin(true), { type: "connection_closed", why: "elsewhere" });
    expect(unhurt.stopped).toBeUndefined();
  });

  test("to another tab, only Start takes it back", () => {
    const [call] = reach(...inCall, { type: "connection_closed", why: "elsewhere" });
    expect(onFrom(call, { type: "may_connect" })).toEqual([call, []]);
    const [searches, effects] = onFrom(call, start);
    expect([searches.elsewhere, effects]).toEqual([undefined, [{ type: "connect" }]]);
    const [idle] = onFrom(searches, frame(welcome), { type: "stop" }, { type: "connection_lost" });
    expect(onFrom(idle, { type: "may_connect" })[1]).toEqual([{ type: "connect" }]);
  });

  test("a newer pass replaces that of its match, and is stored even after the match", () => {
    const renewed = frame({ type: "pass", match: "m1", pass: "p2" });
    const effects = [{ type: "pass_renewed", match: "m1", pass: "p2" }];
    const [call, during] = reach(...inCall, renewed);
    expect([call.conversation?.pass, during]).toEqual(["p2", effects]);
    const [after, afterwards] = reach(...inCall, { type: "next" }, renewed);
    expect([after.conversation, afterwards]).toEqual([undefined, effects]);
  });

  test("a block is confirmed when a memory names its match", () => {
    const named = frame({ type: "memory", memory: "n2", blocked: "m0" });
    expect(reach(start, frame(welcome), named)[1]).toEqual([{ type: "block_confirmed", match: "m0" }]);
  });

  test("a ban ends the call, and its reasons stay after the socket closes", () => {
    const banned = { type: "banned", rule: "nudity", automated: true, decision: "d", appeal: "a" } as const;
    const [call] = reach(...inCall, frame(banned), { type: "connection_closed", why: "banned" });
    expect([call.phase, call.ban?.rule, call.conversation]).toEqual(["banned", "nudity", undefined]);
  });
});
