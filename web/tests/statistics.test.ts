import { describe, expect, test } from "vitest";
import { between, read } from "../src/core/quality/statistics";
import recorded from "./recorded/chromium-156.json";

type Entries = readonly { id: string; type: string }[];

const report = (entries: Entries) =>
  new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;
const sampled = (before: Entries, after: Entries) => between(read(report(before)), read(report(after)));

describe("reports of Chromium 156", () => {
  test("of a call without a relay", () => {
    expect(read(report(recorded.talking)).relayed).toBe(false);
  });

  test("in a call", () => {
    const sample = sampled(recorded.talking, recorded.talking_two_seconds_later);
    expect(sample.available).toBeGreaterThan(1_000_000);
    expect(sample.sent).toBeGreaterThan(100_000);
    expect(sample.sent).toBeLessThan(1_000_000);
    expect(sample.frames).toBeCloseTo(20, 0);
    expect(sample.soundPackets).toBeCloseTo(50, 0);
    expect(sample).toMatchObject({ roundTrip: 0, outgoingLoss: 0, incomingLoss: 0, freezes: 0 });
    expect(sample.limitedBy).toBe("bandwidth");
  });

  test("while the stranger's picture is paused", () => {
    const sample = sampled(recorded.picture_paused, recorded.picture_paused_two_seconds_later);
    expect(sample.frames).toBe(0);
    expect(sample.soundPackets).toBeCloseTo(50, 0);
  });

  test("while my picture is paused, so that nothing limits it", () => {
    const sample = sampled(recorded.pausing, recorded.pausing_two_seconds_later);
    expect(sample.limitedBy).toBeUndefined();
    expect(sample.sent).toBeLessThan(80_000);
  });
});

// Written after https://developer.mozilla.org/docs/Web/API/RTCStatsReport: no browser of this kind runs here.
describe("reports of other browsers", () => {
  const firefox = (second: number, more: object = {}) => [
    { id: "t", type: "transport", timestamp: second * 1000 },
    { id: "a", type: "candidate-pair", timestamp: second * 1000, state: "failed", nominated: false },
    { id: "b", type: "candidate-pair", timestamp: second * 1000, state: "succeeded", nominated: true },
    { id: "o", type: "outbound-rtp", kind: "video", timestamp: second * 1000, bytesSent: second * 12_500 },
    {
      id: "r",
      type: "remote-inbound-rtp",
      kind: "video",
      timestamp: 500,
      fractionLost: 0.2,
      roundTripTime: 0.08,
    },
    {
      id: "i",
      type: "inbound-rtp",
      kind: "video",
      timestamp: second * 1000,
      packetsReceived: 90 * second,
      packetsLost: 10 * second,
      framesDecoded: 25 * second,
    },
    ...[more].filter((entry): entry is { id: string; type: string } => "id" in entry),
  ];

  test("without an estimate and a limitation", () => {
    const sample = sampled(firefox(1), firefox(2));
    expect(sample).toMatchObject({ sent: 100_000, roundTrip: 0.08, incomingLoss: 0.1, frames: 25 });
    expect([sample.available, sample.limitedBy]).toEqual([undefined, undefined]);
  });

  test("an old report of the stranger says nothing new", () => {
    expect(sampled(firefox(1), firefox(2)).outgoingLoss).toBeUndefined();
    const renewed = firefox(2).map((entry) => (entry.id === "r" ? { ...entry, timestamp: 1_900 } : entry));
    expect(sampled(firefox(1), renewed).outgoingLoss).toBe(0.2);
  });

  test("late packets are no negative loss", () => {
    const late = firefox(2).map((entry) => (entry.id === "i" ? { ...entry, packetsLost: 0 } : entry));
    expect(sampled(firefox(1), late).incomingLoss).toBe(0);
  });

  test("an audio call has no frames", () => {
    const sound = (second: number) => firefox(second).filter(({ id }) => id !== "i");
    expect(sampled(sound(1), sound(2)).frames).toBeUndefined();
  });
});

test("a relay of mine carries the media, and nobody knows before a path is chosen", () => {
  const pair = {
    id: "p",
    type: "candidate-pair",
    nominated: true,
    state: "succeeded",
    localCandidateId: "l",
  };
  const candidate = (id: string, more: object) => ({ id, type: "local-candidate", ...more });
  const relayed = (local: object) =>
    read(report([pair, candidate("l", local), candidate("x", { candidateType: "relay" })])).relayed;
  expect(relayed({ candidateType: "host" })).toBe(false);
  expect(relayed({ candidateType: "prflx" })).toBe(false);
  expect(relayed({ candidateType: "prflx", relayProtocol: "udp" })).toBe(true);
  expect(relayed({ candidateType: "relay", relayProtocol: "tls" })).toBe(true);
  expect(relayed({ candidateType: "relay" })).toBe(true);
  expect(read(report([])).relayed).toBeUndefined();
});
