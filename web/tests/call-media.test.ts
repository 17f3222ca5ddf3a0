import { expect, test, vi } from "vitest";
import { CallMedia } from "../src/call-media";
import type { Conversation } from "../src/core/call/state";
import type { Ice } from "../src/messages.generated";
import { inCall, reach } from "./calls";
import { FakeConnection, type FakeSender } from "./fake-connection";
import { settle } from "./helpers";
import { withoutABrowser } from "./peers";

/** Builds the media of a call. Like the real one, its socket says at once when a renewal stops signals. */
function build(change: Partial<Conversation> = {}, tracks: object[] = []) {
  const done: string[] = [];
  const connections: FakeConnection[] = [];
  const callMedia: CallMedia = new CallMedia({
    signaling: {
      send: ({ type }) => done.push(`send ${type}`) > 0,
      renew: () => {
        done.push("renew");
        callMedia.peer?.setReachable(false);
      },
    },
    media: { stream: { getTracks: () => tracks } as unknown as MediaStream, settled: async () => undefined },
    stage: { playRemote: () => {}, level: () => {} },
    onLink: () => {},
    connection: (configuration) => {
      const connection = new FakeConnection(configuration);
      connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
  });
  callMedia.open({ ...(reach(...inCall)[0].conversation as Conversation), ...change });
  return { callMedia, done, connections };
}

withoutABrowser();

test("a picture that is held back is a few squares from the start, and normal again afterwards", async () => {
  const track = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { callMedia, connections } = build({ polite: false }, [track]);
  callMedia.setCurtain("clear");
  await settle();
  const scales = () =>
    connections.at(-1)?.senders.flatMap((sender) => sender.encodings.map((one) => one.scaleResolutionDownBy));
  expect(scales()).toEqual([1]);
  callMedia.holdBack(true);
  await settle();
  expect(scales()).toEqual([64]);
  callMedia.close();
  callMedia.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  callMedia.setCurtain("clear");
  await settle();
  expect(scales()).toEqual([64]);
  callMedia.holdBack(false);
  await settle();
  expect(scales()).toEqual([1]);
});

test("a picture that cannot be made coarse is not sent while it must be held back", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const track = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { callMedia, connections } = build({ polite: false }, [track]);
  const sender = connections[0]?.senders[0] as FakeSender;
  callMedia.setCurtain("clear");
  await settle();
  sender.disturbances = 10;
  callMedia.holdBack(true);
  await settle();
  expect(sender.track).toBeNull();
  callMedia.holdBack(false);
  await settle();
  expect(sender.track).toBe(track);
});

test("a text chat has no connection", () => {
  expect(build({ mode: "text" }).connections).toEqual([]);
});

test("my picture is coarse in each match until the curtain is up", async () => {
  const camera = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { callMedia, connections } = build({ polite: false }, [camera]);
  const scaled = () => connections.map(({ senders }) => senders[0]?.encodings[0]?.scaleResolutionDownBy);
  await settle();
  expect(scaled()).toEqual([32]);
  callMedia.setCurtain("preview");
  await settle();
  expect(scaled()[0], "96 pixels, for a stranger who shows nothing").toBeCloseTo(1280 / 96);
  callMedia.setCurtain("clear");
  await settle();
  expect(scaled()).toEqual([1]);
  callMedia.close();
  callMedia.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  await settle();
  expect(scaled()).toEqual([1, 32]);
});

test("on a new network the socket is renewed before anything is sent", async () => {
  const { callMedia, done, connections } = build();
  void callMedia.peer?.receive({
    type: "description",
    match: "m1",
    description: { type: "offer", sdp: "theirs" },
  });
  await settle();
  connections[0]?.become("failed");
  done.length = 0;
  callMedia.networkChanged();
  await settle();
  expect(done).toEqual(["renew"]);
  callMedia.peer?.setReachable(true);
  expect(done).toEqual(["renew", "send description"]);
});

test("expired credentials are renewed through another socket before ICE restarts", async () => {
  const old: Ice = { servers: [], policy: "all", expires_in: 600 };
  const { callMedia, done, connections } = build({ polite: false, ice: old });
  const [connection] = connections;
  await settle();
  void callMedia.peer?.receive({
    type: "description",
    match: "m1",
    description: { type: "answer", sdp: "theirs" },
  });
  await vi.advanceTimersByTimeAsync(600_000);
  done.length = 0;
  connection?.become("failed");
  await settle();
  expect([done, connection?.restarts]).toEqual([["renew"], 0]);
  callMedia.peer?.updateIce({ servers: [{ urls: ["turn:b"] }], policy: "all", expires_in: 600 });
  callMedia.peer?.setReachable(true);
  await settle();
  expect([done, connection?.restarts]).toEqual([["renew", "send description"], 1]);
  expect(connection?.configuration.iceServers).toEqual([{ urls: ["turn:b"] }]);
});

test("my picture has the size of its rung, whatever the camera gives, and starts anew with the next stranger", async () => {
  const track = { kind: "video", getSettings: () => ({ width: 720, height: 1280 }) };
  const { callMedia, connections } = build({ polite: false }, [track]);
  const sent = () => connections.at(-1)?.senders[0]?.encodings;
  callMedia.setCurtain("clear");
  callMedia.setRung({ height: 360, framerate: 24, bitrate: 450_000 });
  await settle();
  expect(sent()).toMatchObject([{ scaleResolutionDownBy: 2, maxBitrate: 450_000, maxFramerate: 24 }]);
  callMedia.close();
  callMedia.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  callMedia.setCurtain("clear");
  await settle();
  expect(sent()).toMatchObject([{ scaleResolutionDownBy: 1, maxBitrate: 1_700_000 }]);
});

test("text becomes sound over a new connection, and sound becomes a picture over the same", async () => {
  const camera = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { callMedia, connections } = build({ mode: "text", polite: false }, [{ kind: "audio" }, camera]);
  const conversation = { ...(reach(...inCall)[0].conversation as Conversation), polite: false };
  callMedia.changeMode({ ...conversation, mode: "audio" });
  await settle();
  const sent = () => connections.map(({ senders }) => senders.map(({ track }) => track?.kind).join());
  expect(sent()).toEqual(["audio"]);
  callMedia.changeMode({ ...conversation, mode: "video" });
  await settle();
  expect(sent()).toEqual(["audio,video"]);
  callMedia.changeMode({ ...conversation, mode: "text" });
  expect([callMedia.peer, connections[0]?.signalingState]).toEqual([undefined, "closed"]);
});
