// Two sides of a call whose connections negotiate like browsers.

import { afterEach, beforeEach, vi } from "vitest";
import type { VideoEncoding } from "../src/core/quality/encoding";
import type { Ice } from "../src/messages.generated";
import { Peer, type PeerOptions, type Signal } from "../src/peer";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";

const tracks = ["audio", "video"].map((kind) => ({ kind }));
export const stream = { getTracks: () => tracks } as unknown as MediaStream;
export const clear: VideoEncoding = { scaleDownBy: 1, maxBitrate: 1_000_000, maxFramerate: 30 };
export const coarse: VideoEncoding = { scaleDownBy: 16, maxBitrate: 30_000, maxFramerate: 5 };
export const everything: Ice = { servers: [], policy: "all" };

class FakeStream {
  private tracks: { kind: string }[] = [];
  getTracks = () => this.tracks;
  addTrack = (track: { kind: string }) => void this.tracks.push(track);
  removeTrack = (track: { kind: string }) => {
    this.tracks = this.tracks.filter((other) => other !== track);
  };
}

/** Gives each test of the file a fake clock, and the one browser class that connections need. */
export function withoutABrowser(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("MediaStream", FakeStream);
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

/** Delivers signals in both directions until there are no more. */
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
