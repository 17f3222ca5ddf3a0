import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { COARSE } from "../src/core/curtain";
import { scaleOf, type VideoEncoding } from "../src/core/quality/encoding";
import { Peer } from "../src/peer";
import { FakeConnection, type FakeSender } from "./fake-connection";
import { settle } from "./helpers";

const clear: VideoEncoding = { scaleDownBy: 1, maxBitrate: 1_700_000, maxFramerate: 30 };

function camera(width?: number, height?: number): MediaStreamTrack {
  return { kind: "video", getSettings: () => ({ width, height }) } as unknown as MediaStreamTrack;
}

/** Builds one side of a video call that starts behind the curtain. `agreed` records the scale at each negotiation. */
function build(polite: boolean, track = camera(1280, 720)) {
  const connection = new FakeConnection();
  const agreed: unknown[] = [];
  const agree = connection.setLocalDescription.bind(connection);
  connection.setLocalDescription = () => {
    agreed.push(sender()?.encodings[0]?.scaleResolutionDownBy);
    return agree();
  };
  const sender = (): FakeSender | undefined => connection.senders[0];
  const peer = new Peer({
    match: "m1",
    polite,
    ice: { servers: [], policy: "all" },
    kinds: ["video"],
    stream: { getTracks: () => [track] } as unknown as MediaStream,
    encoding: COARSE,
    send: () => {},
    onTrack: () => {},
    onLink: () => {},
    renewCredentials: () => {},
    connection: () => connection as unknown as RTCPeerConnection,
  });
  return { peer, agreed, track, sender: () => sender() as FakeSender };
}

const scaled = (sender: FakeSender) => sender.encodings[0]?.scaleResolutionDownBy;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", class {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("no side of a coarse picture is too long, in portrait and landscape", () => {
  expect(scaleOf(COARSE, camera(1280, 720))).toBe(32);
  expect(scaleOf(COARSE, camera(720, 1280))).toBe(32);
  expect(scaleOf(COARSE, camera(320, 240), camera(1920, 1080))).toBe(48);
});

test("a camera of unknown size counts as the largest", () => {
  expect(scaleOf(COARSE, camera())).toBe(96);
  expect(scaleOf(COARSE, camera(0, 0))).toBe(96);
});

test("other pictures are scaled as requested, and never up", () => {
  expect(scaleOf({ ...clear, scaleDownBy: 2 }, camera(1280, 720))).toBe(2);
  expect(scaleOf({ ...clear, scaleDownBy: 2, longest: 1280 }, camera(1280, 720))).toBe(2);
});

describe("my picture", () => {
  test("is coarse before the negotiation, whichever side offers", async () => {
    const [impolite, polite] = [build(false), build(true)];
    await settle();
    await polite.peer.receive({ type: "description", match: "m1", description: { type: "offer", sdp: "x" } });
    expect([impolite.agreed, polite.agreed]).toEqual([[32], [32]]);
  });

  test("is clear again when the encoding says so", async () => {
    const { peer, sender } = build(false);
    peer.setEncoding(clear);
    await settle();
    expect(scaled(sender())).toBe(1);
  });

  test("of another, larger camera is never too large", async () => {
    const { peer, sender } = build(false, camera(640, 480));
    await settle();
    const larger = camera(1920, 1080);
    const before: unknown[] = [];
    const put = sender().replaceTrack.bind(sender());
    sender().replaceTrack = (track) => {
      before.push(scaled(sender()));
      return put(track);
    };
    await peer.replace(larger);
    await settle();
    expect([before, scaled(sender())]).toEqual([[48], 48]);
    expect(sender().track).toBe(larger);
  });

  test("of another, larger camera is never too large, even if its encoding changes meanwhile", async () => {
    const { peer, sender } = build(false, camera(320, 240));
    await settle();
    const larger = camera(1920, 1080);
    const sent: unknown[] = [];
    const watch = () => sent.push(scaled(sender()));
    const put = sender().replaceTrack.bind(sender());
    sender().replaceTrack = async (track) => {
      await settle(); // browsers take their time, and then what was asked for meanwhile holds
      watch();
      await put(track);
    };
    const replaced = peer.replace(larger);
    peer.setEncoding(COARSE); // as a talk does
    await replaced;
    watch();
    await settle();
    watch();
    expect(sent).toEqual([48, 48, 48]);
  });

  test("is not sent if the browser has no encodings yet, until it need not be coarse", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { peer, sender, track } = build(false);
    sender().encodings = [];
    await settle();
    expect(sender().track).toBeNull();
    peer.setEncoding(clear);
    await settle();
    expect(sender().track).toBe(track);
  });

  test("of another, smaller camera is not made too small", async () => {
    const { peer, sender } = build(false, camera(1920, 1080));
    await peer.replace(camera(640, 480));
    await settle();
    expect(scaled(sender())).toBe(16);
  });

  test("is not sent while it cannot be made coarse, and comes back when it can", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { peer, sender, track } = build(false);
    sender().disturbances = 10;
    await settle();
    expect(sender().track).toBeNull();
    const other = camera(640, 480);
    await peer.replace(other);
    await settle();
    expect([sender().track, scaled(sender())]).toEqual([other, 16]);
    expect(track).not.toBe(other);
  });

  test("that need not be coarse is sent even if the browser refuses the encoding", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { peer, sender, track } = build(false);
    await settle();
    sender().disturbances = 10;
    peer.setEncoding(clear);
    await settle();
    expect(sender().track).toBe(track);
  });
});
