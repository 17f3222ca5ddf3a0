// Two sides of a call over connections that agree as browsers do, for tests.

import { afterEach, beforeEach, vi } from "vitest";
import type { VideoEncoding } from "../src/core/quality/encoding";
import type { Ice } from "../src/messages.generated";
import { Peer, type PeerOptions, type Signal } from "../src/peer";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";

const tracks = ["audio", "video"].map((kind) => ({ kind }));
const stream = { getTracks: () => tracks } as unknown as MediaStream;
export const clear: VideoEncoding = { scaleDownBy: 1, maxBitrate: 1_000_000, maxFramerate: 30 };
export const coarse: VideoEncoding = { scaleDownBy: 16, maxBitrate: 30_000, maxFramerate: 5 };
export const everything: Ice = { servers: [], policy: "all" };

/** For each test of the file: time that the test moves, and the one class that connections need of a browser. */
export function withoutABrowser(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("MediaStream", class {});
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

export function build(polite: boolean, more: Partial<PeerOptions> = {}) {
  const sent: Signal[] = [];
  let connection = new FakeConnection();
  const peer = new Peer({
    match: "m1",
    polite,
    ice: everything,
    kinds: ["audio", "video"],
    stream,
    encoding: clear,
    send: (signal) => sent.push(signal),
    onTrack: () => {},
    onLink: () => {},
    renewCredentials: () => {},
    connection: (configuration) => {
      connection = new FakeConnection(configuration);
      return connection as unknown as RTCPeerConnection;
    },
    ...more,
  });
  return { peer, sent, connection };
}

export type Side = ReturnType<typeof build>;

/** Carries what either side says to the other until both are silent. */
export async function talk(one: Side, other: Side): Promise<void> {
  for (await settle(); one.sent.length + other.sent.length > 0; await settle()) {
    const [fromOne, fromOther] = [one.sent.splice(0), other.sent.splice(0)];
    const taken = [
      ...fromOne.map((signal) => other.peer.receive(signal)),
      ...fromOther.map((signal) => one.peer.receive(signal)),
    ];
    await Promise.all(taken);
  }
}
