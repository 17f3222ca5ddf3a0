import { expect, test, vi } from "vitest";
import { Blocks } from "../src/blocks";
import { chatOf, type Report, Reports } from "../src/reports";
import { memoryStore } from "./helpers";

const report: Report = { pass: "p", reason: "nudity", frames: ["jpeg"] };
const tokens = { current: async () => "token" };

function answering(...answers: (Response | Error)[]) {
  return vi.fn<typeof fetch>(async () => {
    const answer = answers.shift() ?? new Error("no more answers");
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

function problem(status: number, code: string): Response {
  const headers = { "content-type": "application/problem+json" };
  return new Response(JSON.stringify({ code, detail: "A sentence." }), { status, headers });
}

const filed = () => new Response('{"report":"r"}', { status: 201 });

test("a report goes out with the token, and is forgotten once acknowledged", async () => {
  const [store, request] = [memoryStore(), answering(filed())];
  expect(await new Reports(tokens, store, request).file(report)).toBe("filed");
  const [url, init] = request.mock.calls[0] ?? [];
  expect([url, init?.method, JSON.parse(String(init?.body))]).toEqual(["/api/reports", "POST", report]);
  expect(init?.headers).toMatchObject({ authorization: "Bearer token" });
  expect(store.getItem("zufall.reports")).toBe("[]");
});

test.each([
  ["no network", new TypeError("failed")],
  ["a server that is not well", new Response("", { status: 503 })],
  ["too many requests", new Response("", { status: 429 })],
])("with %s it is kept and sent again", async (_, answer) => {
  const request = answering(answer, filed());
  const reports = new Reports(tokens, memoryStore(), request);
  expect(await reports.file(report)).toBe("kept");
  await reports.retry();
  await reports.retry();
  expect(request).toHaveBeenCalledTimes(2);
});

test("what is kept outlives the page, without the picture", async () => {
  const store = memoryStore();
  await new Reports(tokens, store, answering(new TypeError("failed"))).file(report);
  const request = answering(filed());
  await new Reports(tokens, store, request).retry();
  expect(JSON.parse(String(request.mock.calls[0]?.[1]?.body))).toEqual({ pass: "p", reason: "nudity" });
});

test("a report that the server refuses is told and not sent again", async () => {
  const request = answering(problem(403, "pass_refused"));
  const reports = new Reports(tokens, memoryStore(), request);
  expect(await reports.file(report)).toMatchObject({ code: "pass_refused", detail: "A sentence." });
  await reports.retry();
  expect(request).toHaveBeenCalledOnce();
});

test("the last twenty lines go along, named from the reporter's side", () => {
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

test("the last twenty blocks of the day are remembered, each once", () => {
  const store = memoryStore();
  let now = 0;
  const blocks = new Blocks(store, () => now);
  for (let n = 0; n < 25; n++) blocks.add(`${n}`);
  blocks.add("24");
  expect([blocks.passes().length, blocks.passes().at(-1)]).toEqual([20, "24"]);
  now = 24 * 3_600_000;
  expect(blocks.passes()).toEqual([]);
});
