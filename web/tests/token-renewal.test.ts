import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renewInTime } from "../src/signaling/token-renewal";
import { TokenStore } from "../src/signaling/token-store";
import { memoryStore } from "./helpers";

const MINUTE = 60_000;

/** Builds a page that has a token and renews it. Its tokens are called t1, t2, …, and live for an hour. */
async function page({ random = 0, refuse = () => false }: { random?: number; refuse?: () => boolean } = {}) {
  let count = 0;
  const at: number[] = [];
  const request = vi.fn<typeof fetch>(async (path) => {
    if (String(path).startsWith("/api/challenge")) return Response.json({ challenge: "c", expires_in: 120 });
    if (refuse()) return new Response("{}", { status: 503 });
    at.push(Date.now() / MINUTE);
    return Response.json({ token: `t${++count}`, expires_in: 3600 }, { status: 201 });
  });
  const tokens = new TokenStore(memoryStore(), Date.now, request);
  await tokens.current();
  renewInTime(tokens, Date.now, () => random);
  const pass = (minutes: number) => vi.advanceTimersByTimeAsync(minutes * MINUTE);
  return { tokens, request, at, pass };
}

/** Simulates sleep: the wall clock goes on, and no timer runs. */
const sleep = (minutes: number) => vi.setSystemTime(Date.now() + minutes * MINUTE);

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("a token is renewed at half of its life, again and again", async () => {
  const { at, pass, tokens } = await page();
  await pass(29);
  expect(at).toEqual([0]);
  await pass(8 * 60);
  expect(at).toEqual(Array.from({ length: 17 }, (_, renewals) => 30 * renewals));
  expect(tokens.stored()?.token).toBe("t17");
});

test("pages that came at the same time come back at different times", async () => {
  const pages = [await page({ random: 0 }), await page({ random: 0.5 }), await page({ random: 0.99 })];
  await vi.advanceTimersByTimeAsync(40 * MINUTE);
  expect(pages.map(({ at }) => at[1])).toEqual([30, 33, 35]);
});

test("a dial never waits for it, and uses the token that there is", async () => {
  let answer = (_: Response) => {};
  const { tokens, request, pass } = await page();
  request.mockImplementation(() => new Promise<Response>((resolve) => (answer = resolve)));
  await pass(31);
  expect(request).toHaveBeenCalledTimes(3);
  expect(await tokens.current()).toBe("t1");
  answer(new Response("{}", { status: 503 }));
});

test("a failure is tried again every minute, and no dial notices", async () => {
  let broken = true;
  const { at, pass, tokens } = await page({ refuse: () => broken && Date.now() > 0 });
  await pass(54);
  expect([at, await tokens.current()]).toEqual([[0], "t1"]);
  broken = false;
  await pass(1);
  expect([at.length, await tokens.current()]).toEqual([2, "t2"]);
});

test("after a short sleep the token is renewed within a minute, after a long one by the next dial", async () => {
  const { at, pass, tokens, request } = await page();
  sleep(50);
  await pass(1);
  expect(at).toEqual([0, 51]);
  sleep(600);
  await pass(10);
  expect(at).toHaveLength(2);
  expect(await tokens.current()).toBe("t3");
  expect(new Headers(request.mock.calls.at(-1)?.[1]?.headers).get("authorization")).toBe("Bearer t2");
});

test("a page without a token asks for none", async () => {
  const { tokens, pass, request } = await page();
  tokens.forget();
  request.mockClear();
  await pass(120);
  expect(request).not.toHaveBeenCalled();
});
