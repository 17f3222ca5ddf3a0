import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { begin } from "../src/core/call";
import { ConfigRetry } from "../src/site/config-retry";
import type { Site } from "../src/site/site";
import { frame, inCall, matched, onFrom, reach, start, welcome } from "./calls";

const site = { name: "Plaza" } as Site;
const window = new EventTarget();

/** One whose questions are answered with these, and then with nothing. */
function build(...answers: (Site | undefined)[]) {
  const onFound: Site[] = [];
  let asked = 0;
  const late = new ConfigRetry({
    ask: async () => {
      asked++;
      return answers.shift();
    },
    onFound: (site) => onFound.push(site),
    random: () => 1,
  });
  return { late, onFound, asked: () => asked };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("asks again and again, ever more seldom, until there is an answer", async () => {
  const { late, onFound, asked } = build(undefined, undefined, site);
  late.start();
  await vi.advanceTimersByTimeAsync(499);
  expect(asked()).toBe(0);
  await vi.advanceTimersByTimeAsync(1_001);
  expect([asked(), onFound]).toEqual([2, []]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([asked(), onFound, late.pending]).toEqual([3, [site], false]);
  await vi.advanceTimersByTimeAsync(600_000);
  await late.retryNow();
  expect(asked()).toBe(3);
});

test("asks at once when there is a network again", async () => {
  const { late, onFound } = build(site);
  late.start();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(onFound).toEqual([site]);
});

test("tells once, whoever asks meanwhile", async () => {
  const { late, onFound } = build(site, site);
  late.start();
  await Promise.all([late.retryNow(), late.retryNow()]);
  expect(onFound).toEqual([site]);
});

test("asks nothing that was answered when the page was loaded", async () => {
  const { late, asked } = build(site);
  await late.retryNow();
  expect(asked()).toBe(0);
});

test("rules that were not shown end a search and no meeting", () => {
  const asked = { type: "consent_outdated" } as const;
  const [idle, effects] = reach({ type: "may_connect" }, frame(welcome), asked);
  expect([idle.phase, idle.online, effects]).toEqual(["consent", false, [{ type: "disconnect" }]]);
  const [searching, ended] = reach(start, frame(welcome), asked);
  expect([searching.phase, ended.map(({ type }) => type)]).toEqual(["consent", ["send", "disconnect"]]);
  const [call] = reach(...inCall);
  expect(onFrom(call, asked)).toEqual([call, []]);
  const [after] = onFrom(call, { type: "next" }, asked, frame({ ...matched, match: "m2" }));
  expect([after.phase, after.conversation]).toEqual(["consent", undefined]);
  const ban = { type: "banned", rule: "spam", automated: true, decision: "d", appeal: "a" } as const;
  expect(onFrom(begin(true, ban), asked)[0].phase).toBe("banned");
});
