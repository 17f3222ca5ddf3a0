import { describe, expect, test, vi } from "vitest";
import { AppealsClient, withFacts } from "../src/ban/appeals-client";
import { type BanNotice, BanNoticeStore } from "../src/ban/ban-notice-store";
import { begin } from "../src/core/call";
import { step } from "./calls";
import { memoryStore } from "./helpers";

const notice: BanNotice = {
  type: "banned",
  rule: "nudity",
  automated: true,
  decision: "d1",
  appeal: "a-token",
  visitor: "v",
  until: "2026-01-02T00:00:00Z",
};
const before = Date.parse("2026-01-01T00:00:00Z");

function problem(status: number, code: string): Response {
  const headers = { "content-type": "application/problem+json" };
  return new Response(JSON.stringify({ code, detail: "" }), { status, headers });
}

function appeals(answer: Response | Error) {
  const request = vi.fn<typeof fetch>(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { appeals: new AppealsClient(request), request };
}

describe("appeals", () => {
  test("are sent with the token of the notice only, never in the address", async () => {
    const { appeals: to, request } = appeals(Response.json({ state: "open" }, { status: 201 }));
    expect(await to.send("a-token", "It was \ud83d")).toEqual({ state: "open" });
    const [url, init] = request.mock.calls[0] ?? [];
    expect([url, init?.method]).toEqual(["/api/appeals", "POST"]);
    expect(JSON.parse(String(init?.body))).toEqual({ appeal: "a-token", text: "It was \ufffd" });
    expect(new Headers(init?.headers).has("authorization")).toBe(false);
  });

  test("are read with the token in a header", async () => {
    const answer = {
      state: "upheld",
      answer: "No.",
      rule: "nudity",
      automated: false,
      decided: "2026-01-01",
    };
    const { appeals: to, request } = appeals(Response.json(answer));
    expect(await to.fetch("a-token", "fr")).toEqual(answer);
    const [url, init] = request.mock.calls[0] ?? [];
    expect([url, new Headers(init?.headers).get("authorization")]).toEqual([
      "/api/appeals?language=fr",
      "Bearer a-token",
    ]);
  });

  test.each([
    ["too late", problem(403, "too_late"), "late"],
    ["not a token", problem(403, "pass_refused"), "refused"],
    ["no such endpoint yet", problem(404, "not_found"), "unreached"],
    ["a server that is not well", problem(503, "unavailable"), "unreached"],
    ["no network", new TypeError("failed"), "unreached"],
    ["a proxy that answers for it", new Response("<h1>Hello</h1>"), "unreached"],
    ["a state that is newer than this page", Response.json({ state: "escalated" }), "unreached"],
  ])("%s", async (_, answer, expected) => {
    expect(await appeals(answer).appeals.fetch("a-token", "fr")).toBe(expected);
  });

  test.each([
    ["good", Response.json({ level: "good" }), true],
    ["restricted", Response.json({ level: "restricted" }), true],
    ["banned", Response.json({ level: "banned" }), false],
    ["not known", problem(503, "unavailable"), false],
    ["not reached", new TypeError("failed"), false],
  ])("the standing: %s", async (_, answer, lifted) => {
    expect(await appeals(answer).appeals.isLifted("token")).toBe(lifted);
  });

  test("newer facts replace those in the notice", () => {
    const told = { ...notice, reason: "old", evidence: ["chat" as const] };
    expect(withFacts(told, { state: "open" })).toEqual(told);
    const facts = { state: "none", decided: "2026-01-01", rule: "hate", automated: false } as const;
    const { until: _, ...rest } = notice;
    expect(withFacts(told, facts)).toEqual({ ...rest, rule: "hate", automated: false });
    expect(
      withFacts(notice, { ...facts, reason: "new", evidence: ["reports"], until: "2027" }),
    ).toMatchObject({
      reason: "new",
      evidence: ["reports"],
      until: "2027",
    });
  });
});

test("the reasons come with their language, and with what a moderator typed beside them", () => {
  const answer = {
    state: "none",
    decided: "2026-01-01",
    rule: "minor",
    automated: false,
    reason: "Tu sembles avoir moins de 18 ans.",
    reason_language: "fr",
    addition: "Komm wieder.",
    addition_language: "de",
  } as const;
  const told = withFacts(notice, answer);
  expect(told).toMatchObject({
    reason: answer.reason,
    statement: { reason_language: "fr", addition: "Komm wieder.", addition_language: "de" },
  });
  expect(withFacts(told, { ...answer, reason: "No.", reason_language: "", addition: "" })).not.toHaveProperty(
    "statement",
  );
});

describe("the notice", () => {
  test("stays until the ban is over", () => {
    let now = before;
    const notices = new BanNoticeStore(memoryStore(), () => now);
    expect(notices.current()).toBeUndefined();
    notices.keep(notice);
    expect(notices.current()).toEqual(notice);
    now = Date.parse("2026-01-02T00:00:00Z");
    expect(notices.current()).toBeUndefined();
    now = before;
    expect(notices.current()).toBeUndefined();
  });

  test.each([undefined, "soon"])("with the end %j stays until it is removed", (until) => {
    const notices = new BanNoticeStore(memoryStore());
    const { until: _, ...endless } = notice;
    notices.keep({ ...endless, ...(until ? { until } : {}) });
    expect(notices.current()?.decision).toBe("d1");
    notices.forget();
    expect(notices.current()).toBeUndefined();
  });

  test("keeps the text of its own appeal only", () => {
    const notices = new BanNoticeStore(memoryStore(), () => before);
    notices.keep(notice);
    notices.keepWritten("It was not me");
    notices.keep({ ...notice, reason: "known now" });
    expect(notices.written()).toBe("It was not me");
    notices.keep({ ...notice, decision: "d2" });
    expect(notices.written()).toBe("");
  });
});

test("starts the page as banned, and leads to Start when the ban is lifted", () => {
  const banned = begin(true, notice);
  expect([banned.phase, banned.ban]).toEqual(["banned", notice]);
  const [after, effects] = step(banned, { type: "ban_lifted" });
  expect([after.phase, after.ban, effects]).toEqual(["idle", undefined, []]);
  expect(step(begin(false), { type: "ban_lifted" })[0].phase).toBe("consent");
});
