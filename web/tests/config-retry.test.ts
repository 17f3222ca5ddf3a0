import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { begin } from "../src/core/call";
import { ConfigRetry } from "../src/site/config-retry";
import type { Site } from "../src/site/site";
import { frame, inCall, matched, onFrom, reach, start, welcome } from "./calls";

const site = { name: "Plaza" } as Site;
const window = new EventTarget();

/** Builds a retry that gets these answers, and then none. */
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

test("the configuration is requested again, less and less often, until it comes", async () => {
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

test("the configuration is requested at once when the network is back", async () => {
  const { late, onFound } = build(site);
  late.start();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(onFound).toEqual([site]);
});

test("the configuration is reported once, even with several requests", async () => {
  const { late, onFound } = build(site, site);
  late.start();
  await Promise.all([late.retryNow(), late.retryNow()]);
  expect(onFound).toEqual([site]);
});

test("nothing is requested if the page already has the configuration", async () => {
  const { late, asked } = build(site);
  await late.retryNow();
  expect(asked()).toBe(0);
});

test("new rules end a search but not a conversation", () => {
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
