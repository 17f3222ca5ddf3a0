import { describe, expect, test, vi } from "vitest";
import { LOCALES } from "../src/language/locale";
import { invitationIn, linkOf } from "../src/meet/invitation-link";
import { isMeetable } from "../src/meet/meetable";
import { MeetingsClient } from "../src/meet/meetings-client";
import { loadMeetTexts } from "../src/meet/texts";
import { WaitingWatch } from "../src/meet/waiting-watch";
import { searchWords } from "../src/meet/words";
import type { Entry } from "../src/view/recent";
import { frame, lost, matched, onFrom, reach, sent, step, welcome, wish } from "./calls";

const again = { ...wish, again: "p0" };
const invited = { ...wish, invitation: "i" };
const known = (event: Partial<{ line: boolean }> = {}, people: typeof again | typeof invited = again) =>
  [{ type: "start", wish: people, ...event }, frame(welcome), frame(matched)] as const;
const ended = (reason: "next" | "stop" | "lost") => frame({ type: "ended", match: "m1", reason });

describe("a search for people whom one knows", () => {
  test("is said again on a new socket", () => {
    const [, effects] = reach({ type: "start", wish: again }, frame(welcome), lost, frame(welcome));
    expect(sent(effects)).toEqual([{ type: "find", ...again }]);
  });

  test("is over at once if the pass or the invitation is not good", () => {
    for (const code of ["meeting_refused", "too_late"] as const) {
      const [call, effects] = reach(
        { type: "start", wish: invited },
        frame(welcome),
        frame({ type: "error", code, message: "no" }),
      );
      expect([call.phase, call.parted, sent(effects)]).toEqual(["idle", code, [{ type: "stop" }]]);
      expect(step(call, { type: "start", wish })[0].parted).toBeUndefined();
    }
  });
});

describe("a conversation with somebody whom one knows", () => {
  test("ends at the start screen if they leave, and no search begins", () => {
    for (const reason of ["next", "stop", "lost"] as const) {
      const [call, effects] = reach(...known(), ended(reason));
      expect([call.phase, call.parted, sent(effects)]).toEqual(["idle", "left", []]);
    }
  });

  test("ends there also if I was away for too long", () => {
    const [call, effects] = reach(...known(), lost, frame(welcome));
    expect([call.phase, call.parted, sent(effects)]).toEqual(["idle", "left", []]);
  });

  test("is followed by strangers if I press Next", () => {
    const [call, effects] = reach(...known(), { type: "next" });
    expect(call.phase).toBe("searching");
    expect(sent(effects)).toEqual([{ type: "find", ...wish }]);
  });

  test("by text stays until Next, which leads to strangers", () => {
    const [over] = reach(...known({}, { ...again, mode: "text" }), ended("next"));
    expect(over.phase).toBe("over");
    const [, effects] = step(over, { type: "next" });
    expect(sent(effects)).toEqual([{ type: "find", ...wish, mode: "text", once: true }]);
  });
});

describe("a host who meets one guest after the other", () => {
  test("waits for the next one, whoever leaves", () => {
    const left = [{ type: "next" } as const, ended("next"), ended("lost"), ended("stop")];
    for (const event of left) {
      const [call, effects] = reach(...known({ line: true }, invited), event);
      expect(call.phase).toBe("searching");
      expect(sent(effects)).toEqual([{ type: "find", ...invited }]);
    }
  });

  test("says so after a lost socket, too", () => {
    const [call] = reach(...known({ line: true }, invited), lost, { type: "next" });
    const [, effects] = onFrom(
      call,
      frame({
        ...welcome,
        resumed: { match: "m1", polite: true, pass: "p", partner_here: true, ice: matched.ice },
      }),
    );
    expect(sent(effects)).toEqual([{ type: "find", ...invited }]);
  });

  test("meets strangers again after Stop", () => {
    const [idle] = reach(...known({ line: true }, invited), { type: "stop" });
    const [, effects] = onFrom(idle, { type: "start", wish }, frame(matched), ended("next"));
    expect(sent(effects)).toEqual([]);
  });
});

describe("the link of an invitation", () => {
  test("holds it in the fragment, which no server sees", () => {
    const link = linkOf("abc_-1", "https://example.org/");
    expect(new URL(link).pathname + new URL(link).search).toBe("/");
    expect(invitationIn(new URL(link).hash)).toBe("abc_-1");
  });

  test("may be anything", () => {
    for (const hash of ["", "#", "#invitation=", "#other=abc"]) expect(invitationIn(hash)).toBeUndefined();
    expect(invitationIn(`#invitation=${"x".repeat(100_000)}`)).toHaveLength(512);
  });
});

describe("what a gateway says", () => {
  const tokens = { current: async () => "token" };
  const client = (answer: Response | Error) =>
    new MeetingsClient(
      tokens,
      vi.fn<typeof fetch>(async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      }),
    );
  const problem = (code: string) =>
    new Response(JSON.stringify({ code }), {
      status: 403,
      headers: { "content-type": "application/problem+json" },
    });

  test("becomes one plain reason", async () => {
    expect(await client(problem("too_late")).check("i")).toBe("expired");
    expect(await client(problem("meeting_refused")).check("i")).toBe("unknown");
    expect(await client(problem("invalid_request")).check("i")).toBe("unknown");
    expect(await client(problem("too_fast")).check("i")).toBe("failed");
    expect(await client(new Response("<html>")).check("i")).toBe("failed");
    expect(await client(new TypeError()).invite({ mode: "text" })).toBe("failed");
  });

  test("about who waits is a list, or nobody", async () => {
    expect(await client(Response.json({ waiting: ["m"] })).waiting(["p"])).toEqual(["m"]);
    for (const answer of [Response.json({}), problem("too_fast"), new TypeError()])
      expect(await client(answer).waiting(["p"])).toEqual([]);
    expect(await client(new TypeError()).waiting([])).toEqual([]);
  });
});

const token = (claims: object) => `.${btoa(JSON.stringify(claims))}.`;
const entry = (change: Partial<Entry> = {}): Entry => ({
  match: "m1",
  pass: "p1",
  mode: "text",
  metAt: 0,
  lastedMs: 1,
  lines: [],
  talk: [],
  waits: false,
  mine: true,
  ...change,
});

describe("a recent stranger", () => {
  test("who was reported or blocked can never be met again", () => {
    expect(isMeetable(entry(), "")).toBe(true);
    for (const change of [{ reported: true }, { waits: true }, { blocked: true }])
      expect(isMeetable(entry(change), "")).toBe(false);
  });

  test("of another tab can be met again if both tabs have the same device", () => {
    const credential = { token: token({ sub: "a", device: "d" }), expires: 0 };
    const theirs = entry({ mine: false, credential });
    expect(isMeetable(theirs, token({ sub: "b", device: "d" }))).toBe(true);
    expect(isMeetable(theirs, token({ sub: "b", device: "e" }))).toBe(false);
    expect(isMeetable(theirs, undefined)).toBe(false);
    expect(isMeetable(entry({ mine: false }), token({ sub: "b" }))).toBe(false);
  });
});

describe("who waits", () => {
  function watching(entries: Entry[], answer: string[]) {
    const parts = { at: 0, seen: true };
    const client = { waiting: vi.fn(async () => answer) };
    const onChange = vi.fn();
    const watch = new WaitingWatch({
      client,
      meetable: async () => entries,
      seen: () => parts.seen,
      onChange,
      now: () => parts.at,
    });
    return { parts, client, onChange, watch };
  }

  test("is asked every half minute, sooner for the list, and for the newest sixteen", async () => {
    const many = Array.from({ length: 20 }, (_, n) => entry({ match: `m${n}`, pass: `p${n}` }));
    const { parts, client, onChange, watch } = watching(many, ["m3", "m19"]);
    await watch.look("idle");
    await watch.look("idle");
    expect(client.waiting).toHaveBeenCalledTimes(1);
    expect(client.waiting).toHaveBeenCalledWith(many.slice(0, 16).map(({ pass }) => pass));
    expect([watch.waitsIn("m3"), watch.waitsIn("m19"), onChange.mock.calls.length]).toEqual([true, false, 1]);
    parts.at = 3_000;
    await watch.look("idle", true);
    parts.at = 33_000;
    await watch.look("searching");
    expect(client.waiting).toHaveBeenCalledTimes(3);
  });

  test("is not asked in a call, before the rules, and while nobody looks", async () => {
    const { parts, client, watch } = watching([entry()], []);
    for (const phase of ["matched", "consent", "reconnecting", "banned"] as const) await watch.look(phase);
    parts.seen = false;
    await watch.look("idle");
    expect(client.waiting).not.toHaveBeenCalled();
  });
});

describe("the words", () => {
  test("say for whom one waits, and leave the word to a matcher that is away", async () => {
    const [call] = reach({ type: "start", wish: again }, frame(welcome));
    const texts = await loadMeetTexts("en");
    expect(searchWords("again", call, "", texts)?.title).toBe("Waiting for them");
    expect(searchWords("host", call, "15:40", texts)?.sentence).toContain("until 15:40");
    expect(searchWords("line", call, "", texts)).toEqual({ title: "Waiting for your guests", sentence: "" });
    const met = { ...call, search: { waiting: 2, stage: 3, hint: "met" } };
    expect(searchWords("again", met, "", texts)?.sentence).toContain("a minute");
    const away = { ...call, search: { waiting: 0, stage: 1, hint: "matcher_away" } };
    expect(searchWords("guest", away, "", texts)).toBeUndefined();
  });

  test("are there in every language, with their places", async () => {
    const inEnglish = await loadMeetTexts("en");
    for (const locale of LOCALES) {
      const texts = await loadMeetTexts(locale);
      for (const [key, text] of Object.entries(texts)) {
        const english = inEnglish[key as keyof typeof texts];
        expect([locale, key, text !== ""]).toEqual([locale, key, true]);
        expect([locale, key, text.includes("{time}")]).toEqual([locale, key, english.includes("{time}")]);
        if (locale !== "en") expect([key, text]).not.toEqual([key, english]);
      }
    }
  });
});
