import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Link } from "../src/ice-health";
import type { Ice } from "../src/messages.generated";
import { Peer, type PeerOptions, type Signal } from "../src/peer";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";

const tracks = ["audio", "video"].map((kind) => ({ kind }));
const stream = { getTracks: () => tracks } as unknown as MediaStream;
const everything: Ice = { servers: [], policy: "all" };

function build(polite: boolean, more: Partial<PeerOptions> = {}) {
  const sent: Signal[] = [];
  const links: Link[] = [];
  let connection = new FakeConnection();
  const peer = new Peer({
    match: "m1",
    polite,
    ice: everything,
    kinds: ["audio", "video"],
    stream,
    send: (signal) => sent.push(signal),
    onTrack: () => {},
    onLink: (link) => links.push(link),
    connection: (configuration) => {
      connection = new FakeConnection(configuration);
      return connection as unknown as RTCPeerConnection;
    },
    ...more,
  });
  return { peer, sent, links, connection };
}

type Side = ReturnType<typeof build>;

/** Carries what either side says to the other until both are silent. */
async function talk(one: Side, other: Side): Promise<void> {
  for (await settle(); one.sent.length + other.sent.length > 0; await settle()) {
    const [fromOne, fromOther] = [one.sent.splice(0), other.sent.splice(0)];
    for (const signal of fromOne) void other.peer.receive(signal);
    for (const signal of fromOther) void one.peer.receive(signal);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", class {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("negotiation", () => {
  test("the impolite side offers, the polite one answers with its own tracks, and that is all", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    expect([impolite.connection.offers, polite.connection.offers]).toEqual([1, 0]);
    expect([impolite.connection.signalingState, polite.connection.signalingState]).toEqual([
      "stable",
      "stable",
    ]);
    expect(polite.connection.tracks).toEqual(["audio", "video"]);
  });

  test("when both offer at once, the polite side yields and both end in the same agreement", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    impolite.connection.needNegotiation();
    polite.connection.needNegotiation();
    await talk(impolite, polite);
    expect(polite.connection.localDescription).toEqual({ type: "answer", sdp: "answer to offer 2" });
    expect(impolite.connection.remoteDescription?.sdp).toBe("answer to offer 2");
    expect([impolite.connection.signalingState, polite.connection.signalingState]).toEqual([
      "stable",
      "stable",
    ]);
  });

  test("the impolite side ignores an offer that collides, and the candidates that belong to it", async () => {
    const { peer, sent, connection } = build(false);
    await settle();
    sent.length = 0;
    await peer.receive({ type: "description", match: "m1", description: { type: "offer", sdp: "theirs" } });
    await peer.receive({ type: "candidates", match: "m1", candidates: [{ candidate: "theirs" }] });
    expect([connection.signalingState, sent]).toEqual(["have-local-offer", []]);
  });

  test("a polite side that hears nothing offers itself", async () => {
    const { sent } = build(true);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toMatchObject([{ type: "description", match: "m1", description: { type: "offer" } }]);
  });

  test("without a microphone the impolite side still asks to hear the other", async () => {
    const video = { getTracks: () => [{ kind: "video" }] } as unknown as MediaStream;
    expect(build(false, { stream: video }).connection.tracks).toEqual(["audio recvonly", "video"]);
  });

  test("a signal of another match, or after the end, is ignored", async () => {
    const { peer, sent, connection } = build(true);
    const offer = { type: "offer", sdp: "stale" } as const;
    await peer.receive({ type: "description", match: "m0", description: offer });
    expect([connection.signalingState, sent]).toEqual(["stable", []]);
    peer.close();
    await peer.receive({ type: "description", match: "m1", description: offer });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });

  test("closing in the middle of an offer is quiet", async () => {
    const { peer, sent } = build(false);
    await Promise.resolve();
    peer.close();
    await settle();
    expect(sent).toEqual([]);
  });
});

describe("ICE", () => {
  test("the policy decides which candidates the browser may use", () => {
    const servers = [{ urls: ["turn:a"], username: "u", credential: "c" }];
    expect(build(false, { ice: { servers, policy: "relay" } }).connection.configuration).toEqual({
      iceServers: servers,
      bundlePolicy: "max-bundle",
      iceTransportPolicy: "relay",
    });
    expect(build(false).connection.configuration.iceTransportPolicy).toBe("all");
  });

  test("only the impolite side restarts, and not for ever", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    for (let time = 0; time < 4; time++) {
      impolite.connection.become("failed");
      polite.connection.become("failed");
      await talk(impolite, polite);
    }
    expect([impolite.connection.restarts, polite.connection.restarts]).toEqual([2, 0]);
  });

  test("an interruption that passes is one; one that lasts is a failure", async () => {
    const { links, connection } = build(true);
    connection.become("connected");
    connection.become("disconnected");
    await vi.advanceTimersByTimeAsync(14_000);
    connection.become("connected");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(links).toEqual(["connected", "interrupted", "connected"]);
    connection.become("disconnected");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(links.slice(3)).toEqual(["interrupted", "failed"]);
  });

  test("a connection that never comes about is a failure", async () => {
    const { links } = build(true);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(links).toEqual(["failed"]);
  });
});
