import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PartnerSpeaks } from "../src/signs/partner-speaks";
import { build, withoutABrowser } from "./peers";

withoutABrowser();
beforeEach(() => vi.setSystemTime(0));
afterEach(() => vi.clearAllTimers());

test("the sign comes with the voice and goes with it, without flicker", () => {
  const shown: boolean[] = [];
  let level: number | undefined = 0;
  const partner = new PartnerSpeaks(
    () => level,
    (speaks) => shown.push(speaks),
  );
  partner.update(true);
  vi.advanceTimersByTime(2_000);
  for (let word = 0; word < 10; word++) {
    level = 0.1;
    vi.advanceTimersByTime(400);
    level = 0;
    vi.advanceTimersByTime(300);
  }
  expect(shown).toEqual([true]);
  level = undefined; // nothing has arrived
  vi.advanceTimersByTime(2_000);
  expect(shown).toEqual([true, false]);
});

test("the sign ends with the call, in the middle of a word", () => {
  const shown: boolean[] = [];
  const partner = new PartnerSpeaks(
    () => 0.2,
    (speaks) => shown.push(speaks),
  );
  partner.update(true);
  vi.advanceTimersByTime(1_000);
  partner.update(false);
  vi.advanceTimersByTime(10_000);
  expect(shown).toEqual([true, false]);
});

test("the level is that of the last sound of the stranger's microphone", () => {
  const { peer, connection } = build(false);
  expect(peer.heardLevel).toBeUndefined();
  connection.receivers = [
    { track: { kind: "video" }, getSynchronizationSources: () => [{ audioLevel: 1 }] },
    { track: { kind: "audio" }, getSynchronizationSources: () => [{ audioLevel: 0.25 }] },
  ];
  expect(peer.heardLevel).toBe(0.25);
  connection.receivers = [{ track: { kind: "audio" }, getSynchronizationSources: () => [] }];
  expect(peer.heardLevel).toBeUndefined();
});
