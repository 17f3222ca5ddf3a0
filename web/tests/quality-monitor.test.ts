import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CLEAR, type Rung, SIGNING } from "../src/core/quality/ladder";
import type { QualityVerdict } from "../src/core/quality/quality-label";
import { EVERY_MS, QualityMonitor } from "../src/quality/quality-monitor";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Builds a connection with the current loss of `loss`. */
function build(loss: () => number) {
  const rungs: Rung[] = [];
  const verdicts: QualityVerdict[] = [];
  const routes: boolean[] = [];
  let asked = 0;
  const report = () => {
    const timestamp = performance.now();
    const second = timestamp / 1000;
    return new Map<string, unknown>([
      ["o", { id: "o", type: "outbound-rtp", kind: "video", timestamp, bytesSent: second * 100_000 }],
      ["r", { id: "r", type: "remote-inbound-rtp", kind: "video", timestamp, fractionLost: loss() }],
      ["a", { id: "a", type: "inbound-rtp", kind: "audio", timestamp, packetsReceived: second * 50 }],
      ["p", { id: "p", type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "l" }],
      ["l", { id: "l", type: "local-candidate", candidateType: "relay" }],
      ["v", { id: "v", type: "inbound-rtp", kind: "video", timestamp, framesReceived: second * 25 }],
    ]);
  };
  const watch = new QualityMonitor({
    ladder: CLEAR,
    statistics: async () => {
      asked++;
      return report() as unknown as RTCStatsReport;
    },
    onRung: (rung) => rungs.push(rung),
    onVerdict: (verdict) => verdicts.push(verdict),
    onRoute: (relay) => routes.push(relay),
  });
  return { watch, rungs, verdicts, routes, asked: () => asked };
}

test("the monitor starts at the best rung, follows the network, and reports it", async () => {
  let loss = 0;
  const { rungs, verdicts } = build(() => loss);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rungs).toEqual([CLEAR[0]]);
  expect(verdicts.at(-1)?.word).toBe("good");
  loss = 0.15;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(rungs.at(-1)).toBe(CLEAR[1]);
  expect(verdicts.at(-1)?.word).toBe("weak");
});

test("how the call is carried is told once", async () => {
  const { routes } = build(() => 0);
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(routes).toEqual([true]);
});

test("signing keeps the rung on the other ladder", async () => {
  const { watch, rungs } = build(() => 0.15);
  await vi.advanceTimersByTimeAsync(6_000);
  watch.setLadder(SIGNING);
  watch.setLadder(SIGNING);
  expect(rungs).toEqual([CLEAR[0], CLEAR[1], SIGNING[1]]);
});

test("a stopped monitor reports nothing, not even its last look", async () => {
  const { watch, verdicts, asked } = build(() => 0);
  await vi.advanceTimersByTimeAsync(2 * EVERY_MS);
  const before = asked();
  watch.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked(), verdicts.length]).toEqual([before, before - 1]);
});
