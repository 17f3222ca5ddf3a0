import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReportRequest } from "../src/http.generated";
import { PendingBlocks } from "../src/safety/pending-blocks";
import { DAY_MS } from "../src/safety/recent-partners";
import {
  chatOf,
  type PendingReport,
  ReportOutbox,
  type ReportOutcome,
  waitAfter,
} from "../src/safety/report-outbox";
import { MemoryStore } from "../src/storage/key-value-store";
import { memoryStore, settle } from "./helpers";

const report: ReportRequest = { pass: "p", reason: "nudity", frames: ["jpeg"] };
const tokens = { current: async () => "the tab's token" };

type Answer = Response | Error;

function answering(...answers: Answer[]) {
  return vi.fn<typeof fetch>(async () => {
    const answer = answers.shift() ?? new Error("no more answers");
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

function problem(status: number, code: string, headers = {}): Response {
  const type = { "content-type": "application/problem+json", ...headers };
  return new Response(JSON.stringify({ code, detail: "A sentence." }), { status, headers: type });
}

const filed = () => new Response('{"report":"r"}', { status: 201 });
const unwell = () => problem(503, "unavailable");

/** Builds a page with its reports. It shares `store` with other tabs. */
function page(request: typeof fetch, store = new MemoryStore<PendingReport>(), alone = everybody) {
  const told: [string, ReportOutcome][] = [];
  const tell = (id: string, outcome: ReportOutcome) => void told.push([id, outcome]);
  const reports = new ReportOutbox({ store, tokens, onSettled: tell, alone, request, random: () => 0.5 });
  return { reports, store, told };
}

function everybody(work: () => Promise<void>): Promise<void> {
  return work();
}

function bodies(request: ReturnType<typeof answering>): ReportRequest[] {
  return request.mock.calls.map(([, init]) => JSON.parse(String(init?.body)));
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a report is sent with the token of its visitor, and deleted once acknowledged", async () => {
  const request = answering(filed());
  const { reports } = page(request);
  const credential = { token: "theirs", expires: Date.now() + 1 };
  expect(await reports.file("m", report, credential)).toBe("filed");
  const [url, init] = request.mock.calls[0] ?? [];
  expect([url, init?.method, bodies(request)]).toEqual(["/api/reports", "POST", [report]]);
  expect(init?.headers).toMatchObject({ authorization: "Bearer theirs" });
  expect(await reports.waiting()).toEqual([]);
});

test("the answer of the server is handed on once a report is stored, and no other answer", async () => {
  const onFiled = vi.fn();
  const store = new MemoryStore<PendingReport>();
  const request = answering(unwell(), filed());
  const parts = { store, tokens, onSettled: () => {}, alone: everybody, request, random: () => 0.5 };
  const reports = new ReportOutbox({ ...parts, onFiled });
  expect(await reports.file("m", report, undefined)).toBe("kept");
  expect(onFiled).not.toHaveBeenCalled();
  await reports.retry();
  expect(onFiled.mock.calls).toEqual([[{ report: "r" }]]);
});

test("every answer is read to its end, because the timeout would abort it later", async () => {
  vi.spyOn(console, "info").mockImplementation(() => {});
  const answers = [filed(), problem(403, "pass_refused"), filed(), problem(403, "pass_refused")];
  const { reports } = page(answering(...answers));
  await reports.file("m", report, undefined);
  await reports.file("n", report, undefined);
  await reports.flag("p", "nudity");
  await reports.flag("q", "spam");
  expect(answers.map(({ bodyUsed }) => bodyUsed)).toEqual([true, true, true, true]);
});

test("a report is stored at once, and sent with the fresh pass that it waits for", async () => {
  const request = answering(new TypeError("failed"), filed());
  const { reports, store } = page(request);
  let give = (_: string) => {};
  const fresh = new Promise<string>((resolve) => {
    give = resolve;
  });
  const outcome = reports.file("m", report, undefined, fresh);
  await settle();
  expect(await reports.waiting()).toEqual(["m"]);
  await reports.retry();
  expect(request).not.toHaveBeenCalled(); // it would be filed with the pass of before
  give("fresh");
  expect(await outcome).toBe("kept");
  expect((await store.all()).map((kept) => kept.report.pass)).toEqual(["fresh"]);
  await reports.retry();
  expect(bodies(request).map(({ pass }) => pass)).toEqual(["fresh", "fresh"]);
});

test("a report that gets no fresh pass is sent with its own", async () => {
  const request = answering(filed());
  await page(request).reports.file("m", report, undefined, Promise.resolve(undefined));
  expect(bodies(request)).toEqual([report]);
});

test("a report whose token has expired is sent with it, and one without a token with that of the tab", async () => {
  const request = answering(filed(), filed());
  const { reports } = page(request);
  await reports.file("m", report, { token: "old", expires: Date.now() - 1 });
  await reports.file("n", report, undefined);
  const used = request.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"));
  expect(used).toEqual(["Bearer old", "Bearer the tab's token"]);
});

test.each([
  ["no network", new TypeError("failed")],
  ["a server that is not well", unwell()],
  ["too many requests", problem(429, "too_fast")],
  ["a network that wants somebody to log in", new Response("<h1>Welcome to the train</h1>")],
  ["a proxy in between", new Response("Forbidden", { status: 403 })],
])("with %s a report is kept and sent again until it is acknowledged", async (_, answer) => {
  const request = answering(answer, new TypeError("failed"), filed());
  const { reports, told } = page(request);
  expect(await reports.file("m", report, undefined)).toBe("kept");
  expect(await reports.waiting()).toEqual(["m"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(bodies(request)).toEqual([report, report, report]);
  expect([told, await reports.waiting()]).toEqual([[["m", "filed"]], []]);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(request).toHaveBeenCalledTimes(3);
});

test("the waits grow to five minutes and are random", () => {
  const longest = [0, 1, 5, 10, 1000].map((attempt) => waitAfter(attempt, () => 1));
  expect(longest).toEqual([4_000, 8_000, 128_000, 300_000, 300_000]);
  expect(waitAfter(3, () => 0)).toBe(0);
});

test("a server that says when to retry is not asked before", async () => {
  const request = answering(problem(429, "too_fast", { "retry-after": "90" }), filed());
  await page(request).reports.file("m", report, undefined);
  await vi.advanceTimersByTimeAsync(89_000);
  expect(request).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(request).toHaveBeenCalledTimes(2);
});

test("a kept report outlives the page, with its pictures", async () => {
  const { store, reports } = page(answering(new TypeError("failed")));
  await reports.file("m", report, { token: "theirs", expires: Date.now() + DAY_MS });
  vi.clearAllTimers(); // the page is gone
  const request = answering(filed());
  const next = page(request, store);
  await next.reports.retry();
  expect([bodies(request), next.told]).toEqual([[report], [["m", "filed"]]]);
  expect(request.mock.calls[0]?.[1]?.headers).toMatchObject({ authorization: "Bearer theirs" });
});

test("two tabs lose no reports, and only one of them sends", async () => {
  let busy = false;
  const alone = async (work: () => Promise<void>) => {
    if (busy) return;
    busy = true;
    await work();
    busy = false;
  };
  const store = new MemoryStore<PendingReport>();
  const one = page(answering(unwell()), store, alone);
  const request = answering(unwell(), filed(), filed());
  const other = page(request, store, alone);
  await one.reports.file("m1", report, undefined);
  await other.reports.file("m2", report, undefined);
  expect(await one.reports.waiting()).toEqual(["m1", "m2"]);
  await Promise.all([other.reports.retry(), one.reports.retry()]);
  expect(request).toHaveBeenCalledTimes(3);
  expect(other.told.sort()).toEqual([
    ["m1", "filed"],
    ["m2", "filed"],
  ]);
  expect([one.told, await one.reports.waiting()]).toEqual([[], []]);
});

test("a flag has no details, and is sent once, whatever happens", async () => {
  vi.spyOn(console, "info").mockImplementation(() => {});
  const request = answering(filed(), unwell(), new TypeError("no network"));
  const { reports, told } = page(request);
  for (let count = 0; count < 3; count++) await reports.flag("p", "nudity");
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(bodies(request)).toEqual(Array(3).fill({ pass: "p", reason: "nudity", flag: true }));
  expect([await reports.waiting(), told]).toEqual([[], []]);
});

test("a report that is being sent is not sent a second time", async () => {
  let answer = (_: Response) => {};
  const request = vi.fn<typeof fetch>(() => new Promise((resolve) => (answer = resolve)));
  const { reports } = page(request);
  const outcome = reports.file("m", report, undefined);
  await settle();
  await reports.retry();
  answer(filed());
  expect([await outcome, request.mock.calls.length]).toEqual(["filed", 1]);
});

test("a failing report does not hold up the others", async () => {
  const request = vi.fn<typeof fetch>(async (_, init) =>
    String(init?.body).includes("poison") ? unwell() : filed(),
  );
  const store = new MemoryStore<PendingReport>();
  for (const id of ["a", "b", "c"]) {
    await store.put(id, { id, report: { ...report, note: id === "b" ? "poison" : id }, at: Date.now() });
  }
  let place = 0;
  const random = () => (place++ % 3) / 3;
  const told = vi.fn<(id: string, outcome: ReportOutcome) => void>();
  const reports = new ReportOutbox({ store, tokens, onSettled: told, alone: everybody, request, random });
  await reports.retry();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.mock.calls.map(([id]) => id).sort()).toEqual(["a", "c"]);
  expect(await reports.waiting()).toEqual(["b"]);
});

test("a refused report is reported and not sent again", async () => {
  const request = answering(problem(403, "pass_refused"));
  const { reports } = page(request);
  expect(await reports.file("m", report, undefined)).toMatchObject({ code: "pass_refused" });
  await reports.retry();
  expect(request).toHaveBeenCalledOnce();
});

test.each([
  ["too large", problem(413, "too_large")],
  ["not to be read", problem(400, "evidence_refused")],
])("a report is sent without pictures that are %s", async (_, answer) => {
  const request = answering(answer, filed());
  expect(await page(request).reports.file("m", report, undefined)).toBe("filed");
  expect(bodies(request)).toEqual([report, { pass: "p", reason: "nudity" }]);
});

test("a gateway that is older than the page gets a report without what it does not know", async () => {
  const request = answering(problem(400, "invalid_request"), filed());
  const call = { seconds: 9, ending: "next" } as const;
  const told = { pass: "p", reason: "nudity" } as const;
  expect(await page(request).reports.file("m", { ...told, call }, undefined)).toBe("filed");
  expect(bodies(request)).toEqual([{ ...told, call }, told]);
});

test("a report is dropped after a day, with a message", async () => {
  const request = answering(unwell());
  const { reports, store, told } = page(request);
  await reports.file("m", report, undefined);
  vi.clearAllTimers();
  vi.setSystemTime(Date.now() + DAY_MS + 1);
  await reports.retry();
  expect([request.mock.calls.length, told, await store.all()]).toEqual([1, [["m", "late"]], []]);
});

test("a report with an old pass is dropped, too", async () => {
  const request = answering(unwell(), problem(403, "pass_refused"));
  const { reports, told } = page(request);
  await reports.file("m", report, undefined);
  await reports.retry();
  expect([told, await reports.waiting()]).toEqual([[["m", "late"]], []]);
});

test("a report contains the last twenty lines, from the reporter's side", () => {
  const lines = Array.from({ length: 25 }, (_, n) => ({
    id: `${n}`,
    text: `${n}`,
    from: n % 2 ? ("me" as const) : ("stranger" as const),
  }));
  const chat = chatOf(lines);
  expect(chat).toHaveLength(20);
  expect(chat.slice(-2)).toEqual([
    { from: "reporter", text: "23" },
    { from: "accused", text: "24" },
  ]);
});

test("the last twenty blocks of the day are stored until a memory confirms them", () => {
  const store = memoryStore();
  let now = 0;
  const blocks = new PendingBlocks(store, () => now);
  for (let n = 0; n < 25; n++) blocks.add(`m${n}`, `${n}`);
  blocks.add("m24", "a fresh one");
  expect([blocks.passes().length, blocks.passes().at(-1)]).toEqual([20, "a fresh one"]);
  blocks.forget("m24");
  expect([blocks.passes().length, blocks.passes().at(-1)]).toEqual([19, "23"]);
  now = 24 * 3_600_000;
  expect(blocks.passes()).toEqual([]);
});
