import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FoundCandidate, networkKind } from "../src/core/network-kind";
import { checkNetwork } from "../src/network/network-check";
import { keyOf } from "../src/network/network-sentence";
import { mayCheckNetwork } from "../src/view/readiness";
import { settle } from "./helpers";

const host = (address: string | null): FoundCandidate => ({
  type: "host",
  address,
  port: 5000,
  relatedAddress: null,
  relatedPort: null,
});
const seen = (port: number, relatedPort = 5000): FoundCandidate => ({
  type: "srflx",
  address: "203.0.113.7",
  port,
  relatedAddress: "192.168.1.5",
  relatedPort,
});

describe("a network", () => {
  test.each<[string, FoundCandidate[], string]>([
    ["that no server answers is closed", [host("192.168.1.5")], "closed"],
    ["with nothing at all is closed", [], "closed"],
    [
      "whose address the browser hides is closed without an answer",
      [host("f0e1.local"), host(null)],
      "closed",
    ],
    ["of a carrier is closed without an answer", [host("100.72.3.4")], "closed"],
    ["with an address of its own is open without another one", [host("203.0.113.7")], "open"],
    ["with an IPv6 address of its own is open", [host("2001:db8::7")], "open"],
    ["with a local IPv6 address is closed", [host("fe80::1"), host("fd00::1")], "closed"],
    ["that one server sees is open", [host("192.168.1.5"), seen(40_000)], "open"],
    ["that two servers see at one port is open", [seen(40_000), seen(40_000)], "open"],
    ["that two servers see at two ports changes", [seen(40_000), seen(40_001)], "changing"],
    ["with two sockets has two ports, and is open", [seen(40_000, 5000), seen(40_001, 5001)], "open"],
    ["whose sockets are hidden counts as open", [seen(40_000, 0), seen(40_001, 0)], "open"],
  ])("%s", (_, candidates, kind) => {
    expect(networkKind({ candidates, failed: true })).toBe(kind);
  });

  test("of which nothing is said, and nothing failed, is not judged", () => {
    expect(networkKind({ candidates: [host("192.168.1.5")], failed: false })).toBeUndefined();
  });
});

test("who needs a relay reads whether this site has one", () => {
  expect([keyOf("open", false), keyOf("open", true)]).toEqual(["direct", "direct"]);
  expect([keyOf("closed", true), keyOf("changing", true)]).toEqual(["relayed", "relayed"]);
  expect([keyOf("closed", false), keyOf("changing", false)]).toEqual(["blocked", "blocked"]);
});

test("a network is asked about only where a call may go directly, and where there is a server to ask", () => {
  const stun = ["stun:stun.example.org"];
  expect(["ready_either", "ready_direct"].map((way) => mayCheckNetwork(way as "ready_direct", stun))).toEqual(
    [true, true],
  );
  expect(mayCheckNetwork("ready_relay", stun)).toBe(false);
  expect(mayCheckNetwork("ready_direct", [])).toBe(false);
  expect(mayCheckNetwork("ready_direct")).toBe(false); // a gateway of before
});

describe("the check", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  class FakeGathering {
    onicecandidate: (event: { candidate: unknown }) => void = () => {};
    onicecandidateerror = () => {};
    closed = false;

    constructor(readonly configuration: RTCConfiguration) {}

    createDataChannel(): void {}
    async setLocalDescription(): Promise<void> {}
    close(): void {
      this.closed = true;
    }
  }

  function begin() {
    let made: FakeGathering | undefined;
    const kind = checkNetwork(["stun:a", "stun:b"], (configuration) => {
      made = new FakeGathering(configuration);
      return made as unknown as RTCPeerConnection;
    });
    return { kind, gathering: made as unknown as FakeGathering };
  }

  test("asks the site's servers alone, and ends with the last candidate", async () => {
    const { kind, gathering } = begin();
    await settle();
    expect(gathering.configuration.iceServers).toEqual([{ urls: "stun:a" }, { urls: "stun:b" }]);
    gathering.onicecandidate({ candidate: { candidate: "candidate:1", ...seen(40_000) } });
    gathering.onicecandidate({ candidate: { candidate: "" } }); // the end of one generation
    gathering.onicecandidate({ candidate: null });
    expect([await kind, gathering.closed]).toEqual(["open", true]);
  });

  test.each([
    [false, undefined],
    [true, "closed"],
  ])("takes a server that fails for no answer: %s", async (fails, expected) => {
    const { kind, gathering } = begin();
    await settle();
    gathering.onicecandidate({ candidate: { candidate: "candidate:1", ...host("192.168.1.5") } });
    if (fails) gathering.onicecandidateerror();
    gathering.onicecandidate({ candidate: null });
    expect(await kind).toBe(expected);
  });

  test("does not wait for a server that never answers", async () => {
    const { kind, gathering } = begin();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([await kind, gathering.closed]).toEqual(["closed", true]);
  });
});
