import { expect, test, vi } from "vitest";
import { CallMedia } from "../src/call-media";
import type { Conversation } from "../src/core/call/state";
import type { Ice } from "../src/messages.generated";
import { inCall, reach } from "./calls";
import { FakeConnection, type FakeSender } from "./fake-connection";
import { settle } from "./helpers";
import { withoutABrowser } from "./peers";

/** A talk whose socket, as the real one does, tells at once that signals do not pass when it is renewed. */
function build(change: Partial<Conversation> = {}, tracks: object[] = []) {
  const done: string[] = [];
  const connections: FakeConnection[] = [];
  const talk: CallMedia = new CallMedia({
    socket: {
      send: ({ type }) => done.push(`send ${type}`) > 0,
      renew: () => {
        done.push("renew");
        talk.peer?.reach(false);
      },
    },
    media: { stream: { getTracks: () => tracks } as unknown as MediaStream },
    stage: { playRemote: () => {}, level: () => {} },
    onLink: () => {},
    connection: (configuration) => {
      const connection = new FakeConnection(configuration);
      connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
  });
  talk.open({ ...(reach(...inCall)[0].conversation as Conversation), ...change });
  return { talk, done, connections };
}

withoutABrowser();

test("a picture that is held back is a few squares from the beginning, and whole again when it is not", async () => {
  const track = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { talk, connections } = build({ polite: false }, [track]);
  talk.cover(false);
  await settle();
  const scales = () =>
    connections.at(-1)?.senders.flatMap((sender) => sender.encodings.map((one) => one.scaleResolutionDownBy));
  expect(scales()).toEqual([1]);
  talk.hold(true);
  await settle();
  expect(scales()).toEqual([64]);
  talk.close();
  talk.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  talk.cover(false);
  await settle();
  expect(scales()).toEqual([64]);
  talk.hold(false);
  await settle();
  expect(scales()).toEqual([1]);
});

test("a picture that is to be held back and cannot be made coarse is not sent", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const track = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { talk, connections } = build({ polite: false }, [track]);
  const sender = connections[0]?.senders[0] as FakeSender;
  talk.cover(false);
  await settle();
  sender.disturbances = 10;
  talk.hold(true);
  await settle();
  expect(sender.track).toBeNull();
  talk.hold(false);
  await settle();
  expect(sender.track).toBe(track);
});

test("in writing there is no connection", () => {
  expect(build({ mode: "text" }).connections).toEqual([]);
});

test("my picture is coarse in each match until the curtain is up", async () => {
  const camera = { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) };
  const { talk, connections } = build({ polite: false }, [camera]);
  const scaled = () => connections.map(({ senders }) => senders[0]?.encodings[0]?.scaleResolutionDownBy);
  await settle();
  expect(scaled()).toEqual([32]);
  talk.cover(false);
  await settle();
  expect(scaled()).toEqual([1]);
  talk.close();
  talk.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  await settle();
  expect(scaled()).toEqual([1, 32]);
});

test("on another network there is another socket before anything is said", async () => {
  const { talk, done, connections } = build();
  void talk.peer?.receive({
    type: "description",
    match: "m1",
    description: { type: "offer", sdp: "theirs" },
  });
  await settle();
  connections[0]?.become("failed");
  done.length = 0;
  talk.networkChanged();
  await settle();
  expect(done).toEqual(["renew"]);
  talk.peer?.reach(true);
  expect(done).toEqual(["renew", "send description"]);
});

test("credentials that expired are replaced through another socket before ICE is restarted", async () => {
  const old: Ice = { servers: [], policy: "all", expires_in: 600 };
  const { talk, done, connections } = build({ polite: false, ice: old });
  const [connection] = connections;
  await settle();
  void talk.peer?.receive({
    type: "description",
    match: "m1",
    description: { type: "answer", sdp: "theirs" },
  });
  await vi.advanceTimersByTimeAsync(600_000);
  done.length = 0;
  connection?.become("failed");
  await settle();
  expect([done, connection?.restarts]).toEqual([["renew"], 0]);
  talk.peer?.refresh({ servers: [{ urls: ["turn:b"] }], policy: "all", expires_in: 600 });
  talk.peer?.reach(true);
  await settle();
  expect([done, connection?.restarts]).toEqual([["renew", "send description"], 1]);
  expect(connection?.configuration.iceServers).toEqual([{ urls: ["turn:b"] }]);
});

test("my picture is as large as its rung, whatever the camera gives, and for the next stranger anew", async () => {
  const track = { kind: "video", getSettings: () => ({ width: 720, height: 1280 }) };
  const { talk, connections } = build({ polite: false }, [track]);
  const sent = () => connections.at(-1)?.senders[0]?.encodings;
  talk.cover(false);
  talk.limit({ height: 360, framerate: 24, bitrate: 450_000 });
  await settle();
  expect(sent()).toMatchObject([{ scaleResolutionDownBy: 2, maxBitrate: 450_000, maxFramerate: 24 }]);
  talk.close();
  talk.open({ ...(reach(...inCall)[0].conversation as Conversation), polite: false });
  talk.cover(false);
  await settle();
  expect(sent()).toMatchObject([{ scaleResolutionDownBy: 1, maxBitrate: 1_700_000 }]);
});
