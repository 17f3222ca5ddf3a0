import { describe, expect, test, vi } from "vitest";
import type { Ice } from "../src/messages.generated";
import type { PeerOptions, Signal } from "../src/peer";
import { settle } from "./helpers";
import { build, everything, type Side, talk, withoutABrowser } from "./peers";

withoutABrowser();

describe("negotiation", () => {
  test("the impolite side offers, the polite one answers with its tracks, and that is all", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    expect([impolite.connection.offers, polite.connection.offers]).toEqual([1, 0]);
    expect([impolite.connection.signalingState, polite.connection.signalingState]).toEqual([
      "stable",
      "stable",
    ]);
    expect(polite.connection.tracks).toEqual(["audio", "video"]);
  });

  test("new servers alone cause no offer now, and no missing offer later", async () => {
    const polite = build(true);
    polite.connection.needNegotiation();
    await settle();
    expect(polite.connection.offers).toBe(0);
    polite.connection.onnegotiationneeded = () => {}; // the browser does not ask twice
    await vi.advanceTimersByTimeAsync(3_000);
    expect(polite.connection.offers).toBe(1);
  });

  test("when both offer at once, the polite side yields and both agree", async () => {
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

  test("the impolite side ignores a colliding offer and its candidates", async () => {
    const { peer, sent, connection } = build(false);
    await settle();
    sent.length = 0;
    await peer.receive({ type: "description", match: "m1", description: { type: "offer", sdp: "theirs" } });
    await peer.receive({ type: "candidates", match: "m1", candidates: [{ candidate: "theirs" }] });
    expect([connection.signalingState, sent]).toEqual(["have-local-offer", []]);
  });

  test("a polite side without an offer makes one", async () => {
    const { sent } = build(true);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toMatchObject([{ type: "description", match: "m1", description: { type: "offer" } }]);
  });

  test("without a microphone the impolite side still asks for sound", async () => {
    const video = { getTracks: () => [{ kind: "video" }] } as unknown as MediaStream;
    expect(build(false, { stream: video }).connection.tracks).toEqual(["audio recvonly", "video"]);
  });

  test("a signal of another match, or after close, is ignored", async () => {
    const { peer, sent, connection } = build(true);
    const offer = { type: "offer", sdp: "stale" } as const;
    await peer.receive({ type: "description", match: "m0", description: offer });
    expect([connection.signalingState, sent]).toEqual(["stable", []]);
    peer.close();
    await peer.receive({ type: "description", match: "m1", description: offer });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });

  test("closing during an offer is quiet", async () => {
    const { peer, sent } = build(false);
    await Promise.resolve();
    peer.close();
    await settle();
    expect(sent).toEqual([]);
  });
});

describe("ICE", () => {
  test("the policy decides which candidates are used", () => {
    const servers = [{ urls: ["turn:a"], username: "u", credential: "c" }];
    expect(build(false, { ice: { servers, policy: "relay" } }).connection.configuration).toEqual({
      iceServers: servers,
      bundlePolicy: "max-bundle",
      iceTransportPolicy: "relay",
    });
    expect(build(false).connection.configuration.iceTransportPolicy).toBe("all");
  });
});

describe("expired credentials", () => {
  const good: Ice = {
    servers: [{ urls: ["turn:a"], username: "1", credential: "1" }],
    policy: "all",
    expires_in: 600,
  };
  const better: Ice = { ...good, servers: [{ urls: ["turn:b"], username: "2", credential: "2" }] };
  const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

  /** Builds two connected sides, and counts how often each asks for new credentials. */
  async function connected(ice: Ice = good) {
    const renewCredentials = { impolite: vi.fn(), polite: vi.fn() };
    const impolite = build(false, { ice, renewCredentials: renewCredentials.impolite });
    const polite = build(true, { ice, renewCredentials: renewCredentials.polite });
    await talk(impolite, polite);
    for (const side of [impolite, polite]) side.connection.become("connected");
    const asked = () => [
      renewCredentials.impolite.mock.calls.length,
      renewCredentials.polite.mock.calls.length,
    ];
    return { impolite, polite, asked };
  }

  test("are replaced on a running connection, which goes on", async () => {
    const { impolite, polite } = await connected();
    impolite.peer.updateIce(better);
    await talk(impolite, polite);
    expect(impolite.connection.configuration.iceServers).toEqual(better.servers);
    expect([impolite.connection.restarts, impolite.connection.offers]).toEqual([0, 1]);
  });

  test("are valid for a restart until shortly before", async () => {
    const { impolite, asked } = await connected();
    await wait(565);
    impolite.connection.become("failed");
    await settle();
    expect([asked(), impolite.connection.restarts]).toEqual([[0, 0], 1]);
  });

  test("are replaced by both sides before one restart", async () => {
    const { impolite, polite, asked } = await connected();
    await wait(570);
    impolite.connection.become("failed");
    impolite.peer.setReachable(false);
    await wait(2);
    expect([asked(), impolite.connection.restarts]).toEqual([[1, 0], 0]);
    impolite.peer.updateIce(better);
    impolite.peer.setReachable(true);
    await settle();
    for (const signal of impolite.sent.splice(0)) void polite.peer.receive(signal);
    await settle();
    expect([asked(), polite.sent]).toEqual([[1, 1], []]);
    polite.peer.updateIce(better);
    await talk(impolite, polite);
    expect(polite.connection.localDescription?.sdp).toBe("answer to offer 2");
    expect([asked(), impolite.connection.restarts]).toEqual([[1, 1], 1]);
  });

  test("are replaced even if the polite side asks for a restart that seems unnecessary", async () => {
    const { impolite, polite, asked } = await connected();
    await wait(600);
    polite.peer.updateIce(better);
    await impolite.peer.receive({ type: "description", match: "m1", description: { type: "rollback" } });
    impolite.peer.updateIce(better);
    impolite.peer.setReachable(true);
    await talk(impolite, polite);
    expect([asked(), impolite.connection.restarts]).toEqual([[1, 0], 1]);
    expect(polite.connection.localDescription?.sdp).toBe("answer to offer 2");
  });

  test("that are never replaced prevent nothing else", async () => {
    const { impolite, polite } = await connected();
    await wait(600);
    impolite.connection.become("failed");
    impolite.peer.close();
    await talk(impolite, polite);
    expect(impolite.connection.restarts).toBe(0);
  });

  test("are not replaced if they do not expire", async () => {
    const { impolite, asked } = await connected(everything);
    await wait(100_000);
    impolite.connection.become("failed");
    await settle();
    expect([asked(), impolite.connection.restarts]).toEqual([[0, 0], 1]);
  });
});

describe("after signals could not pass", () => {
  test("an unanswered offer is sent again, and answered once", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await settle();
    const [offer] = impolite.sent.splice(0);
    impolite.peer.setReachable(false);
    impolite.peer.setReachable(true);
    expect(impolite.sent).toEqual([offer]);
    await talk(impolite, polite);
    expect([impolite.connection.signalingState, polite.connection.signalingState]).toEqual([
      "stable",
      "stable",
    ]);
    expect([impolite.connection.restarts, impolite.connection.offers]).toEqual([0, 1]);
  });

  test("a lost answer is sent again, and a repeated one does no harm", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await settle();
    const offers = impolite.sent.splice(0);
    for (const signal of [...offers, ...offers]) void polite.peer.receive(signal);
    await settle();
    expect(polite.sent).toHaveLength(2);
    await talk(impolite, polite);
    expect(impolite.connection.signalingState).toBe("stable");
  });

  describe("the candidates", () => {
    const candidate = (name: string, usernameFragment?: string) => ({
      candidate: name,
      ...(usernameFragment ? { usernameFragment } : {}),
    });
    const gather = ({ connection }: Side, ...all: ReturnType<typeof candidate>[]) => {
      for (const one of all) connection.onicecandidate?.({ candidate: { ...one, toJSON: () => one } });
    };
    const said = ({ sent }: Side) =>
      sent.flatMap<unknown>((signal) =>
        signal.type === "candidates" ? signal.candidates : signal.description.type,
      );

    test("are sent again after the offer, while there is no connection", async () => {
      const impolite = build(false);
      await settle();
      gather(impolite, candidate("a"), candidate("b"));
      await vi.advanceTimersByTimeAsync(30);
      impolite.sent.length = 0;
      impolite.peer.setReachable(true);
      expect(said(impolite)).toEqual(["offer", candidate("a"), candidate("b")]);
      impolite.connection.become("connected");
      impolite.sent.length = 0;
      impolite.peer.setReachable(true);
      expect(said(impolite)).toEqual(["offer"]);
    });

    test("are sent again after a repeated answer", async () => {
      const [impolite, polite] = [build(false), build(true)];
      await settle();
      const [offer] = impolite.sent as [Signal];
      await polite.peer.receive(offer);
      gather(polite, candidate("a"));
      await vi.advanceTimersByTimeAsync(30);
      expect(said(polite)).toEqual(["answer", candidate("a")]);
      polite.sent.length = 0;
      await polite.peer.receive(offer);
      expect(said(polite)).toEqual(["answer", candidate("a")]);
    });

    test("of an earlier generation are dropped", async () => {
      const impolite = build(false);
      await settle();
      impolite.connection.localDescription = { type: "offer", sdp: "v=0\r\na=ice-ufrag:new\r\n" };
      gather(impolite, candidate("a", "old"), candidate("b", "new"));
      await vi.advanceTimersByTimeAsync(30);
      impolite.sent.length = 0;
      impolite.peer.setReachable(true);
      expect(said(impolite)).toEqual(["offer", candidate("b", "new")]);
    });

    test("that come before any description wait for it", async () => {
      const [impolite, polite] = [build(false), build(true)];
      await settle();
      const [offer] = impolite.sent as [Signal];
      await polite.peer.receive({ type: "candidates", match: "m1", candidates: [candidate("a")] });
      expect(polite.connection.candidates).toEqual([]);
      await polite.peer.receive(offer);
      expect(polite.connection.candidates).toEqual([candidate("a")]);
    });
  });

  test("both sides repeat their offers, and still agree", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    impolite.connection.needNegotiation();
    polite.connection.needNegotiation();
    await settle();
    for (const side of [impolite, polite]) {
      side.sent.length = 0;
      side.peer.setReachable(true);
    }
    await talk(impolite, polite);
    expect(impolite.connection.remoteDescription?.sdp).toBe("answer to offer 2");
    expect(polite.connection.signalingState).toBe("stable");
  });

  test("a working connection is left alone", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    for (const side of [impolite, polite]) {
      side.connection.become("connected");
      side.peer.setReachable(false);
      side.peer.setReachable(true);
    }
    await settle();
    expect([impolite.sent, polite.sent]).toEqual([[], []]);
  });

  test("a negotiated but unconnected one is restarted by the impolite side", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await talk(impolite, polite);
    for (const side of [impolite, polite]) side.peer.setReachable(true);
    await talk(impolite, polite);
    expect([impolite.connection.restarts, polite.connection.restarts]).toEqual([1, 0]);
  });

  test("a stranger has one sound, and one picture only in a video call", () => {
    class Stream {
      tracks: { kind: string; id: number }[] = [];
      getTracks = () => [...this.tracks];
      addTrack = (track: { kind: string; id: number }) => this.tracks.push(track);
      removeTrack = (track: { kind: string; id: number }) => {
        this.tracks = this.tracks.filter((other) => other !== track);
      };
    }
    vi.stubGlobal("MediaStream", Stream);
    const heard = (kinds: PeerOptions["kinds"]) => {
      let stream = new Stream();
      const onTrack: PeerOptions["onTrack"] = (it) => {
        stream = it as unknown as Stream;
      };
      const { connection } = build(false, { kinds, onTrack });
      for (const [id, kind] of ["audio", "video", "video"].entries())
        connection.ontrack?.({ track: { kind, id } });
      return stream.tracks;
    };
    expect(heard(["audio", "video"])).toEqual([
      { kind: "audio", id: 0 },
      { kind: "video", id: 2 },
    ]);
    expect(heard(["audio"])).toEqual([{ kind: "audio", id: 0 }]);
  });

  test("a polite side on a new network offers its media, if it never did", async () => {
    const { peer, sent, connection } = build(true);
    peer.networkChanged();
    peer.setReachable(true);
    await settle();
    expect([connection.tracks, sent.length, connection.restarts]).toEqual([["audio", "video"], 1, 0]);
  });
});

test("a polite side on a new network asks for a restart, so that no offers collide", async () => {
  const [impolite, polite] = [build(false), build(true)];
  await talk(impolite, polite);
  polite.peer.networkChanged();
  for (const side of [impolite, polite]) side.connection.become("failed");
  await settle();
  expect(polite.sent).toEqual([{ type: "description", match: "m1", description: { type: "rollback" } }]);
  await talk(impolite, polite);
  expect([polite.connection.offers, polite.connection.restarts]).toEqual([0, 0]);
  expect(impolite.connection.restarts).toBe(1);
  expect(polite.connection.localDescription?.sdp).toBe("answer to offer 2");
  expect(impolite.connection.signalingState).toBe("stable");
});

test("nobody can make a polite side offer", async () => {
  const { peer, sent, connection } = build(true);
  await peer.receive({ type: "description", match: "m1", description: { type: "rollback" } });
  await settle();
  expect([sent, connection.restarts]).toEqual([[], 0]);
});
