import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LocalMedia, type Why } from "../src/devices/local-media";
import { settle } from "./helpers";

class FakeTrack {
  enabled = true;
  contentHint = "";
  readyState = "live";
  onended: (() => void) | null = null;
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {}
  stop() {
    this.readyState = "ended";
  }
  getSettings() {
    return { deviceId: this.id };
  }
  unplug() {
    this.stop();
    this.onended?.();
  }
}

class FakeStream {
  constructor(private tracks: FakeTrack[]) {}
  getTracks = () => [...this.tracks];
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === "audio");
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === "video");
  addTrack = (track: FakeTrack) => void this.tracks.push(track);
  removeTrack = (track: FakeTrack) => {
    this.tracks = this.tracks.filter((other) => other !== track);
  };
}

const asks: Record<string, MediaTrackConstraints>[] = [];
let missing: string[] = [];
let open = 0;
let most = 0;
let live: FakeTrack[] = [];

async function getUserMedia(wanted: Record<string, MediaTrackConstraints>): Promise<FakeStream> {
  asks.push(wanted);
  most = Math.max(most, ++open);
  await Promise.resolve();
  open--;
  const tracks = Object.entries(wanted).map(([kind, { deviceId, facingMode }]) => {
    const exact = (deviceId as { exact?: string })?.exact ?? (facingMode as { exact?: string })?.exact;
    if (missing.includes(kind) || missing.includes(exact ?? "")) {
      throw new DOMException("no such device", "NotFoundError");
    }
    return new FakeTrack(kind, exact ?? (deviceId as { ideal?: string })?.ideal ?? `some ${kind}`);
  });
  live.push(...tracks);
  return new FakeStream(tracks);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  asks.length = open = most = 0;
  missing = [];
  live = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function build() {
  const replaced: [string, Why][] = [];
  const gone: string[] = [];
  const media = new LocalMedia(
    () => {},
    (track, why) => replaced.push([track.getSettings().deviceId ?? "", why]),
    (kind) => gone.push(kind),
  );
  await media.use("video");
  return { media, replaced, gone };
}
const running = (media: LocalMedia) => media.stream?.getTracks().map((track) => track.getSettings().deviceId);
const unplug = async (media: LocalMedia, kind: "audio" | "video") => {
  (media.track(kind) as unknown as FakeTrack).unplug();
  await settle();
};

test("text requests nothing, and audio requests no camera", async () => {
  const { media } = await build();
  asks.length = 0;
  await media.use("text");
  expect([asks, media.stream, live.every(({ readyState }) => readyState === "ended")]).toEqual([
    [],
    undefined,
    true,
  ]);
  await media.use("audio");
  expect(asks.map((ask) => Object.keys(ask))).toEqual([["audio"]]);
});

test("requests run one after the other, and only if still needed", async () => {
  const { media } = await build();
  void media.use("audio");
  void media.use("video");
  void media.change("video", () => ({ deviceId: { exact: "b" } }));
  void media.change("audio", () => ({ deviceId: { exact: "m" } }));
  await settle();
  expect(most).toBe(1);
  expect(asks.map((ask) => Object.keys(ask).join())).toEqual([
    "audio,video",
    "audio,video",
    "video",
    "audio",
  ]);
  expect(running(media)).toEqual(["b", "m"]);
});

describe("another camera", () => {
  test("is as dark as the old one, which stops first", async () => {
    const { media, replaced } = await build();
    media.toggleCamera();
    const before = media.track("video");
    await media.change("video", () => ({ deviceId: { exact: "b" } }));
    expect(before?.readyState).toBe("ended");
    expect(media.track("video")?.enabled).toBe(false);
    expect(replaced).toEqual([["b", "chosen"]]);
  });

  test("that fails is replaced by any other", async () => {
    const { media, replaced } = await build();
    missing = ["b"];
    await media.change("video", () => ({ deviceId: { exact: "b" } }));
    expect([replaced, media.state]).toEqual([[["some video", "chosen"]], "ready"]);
  });

  test("replaces one that is disconnected", async () => {
    const { media, replaced } = await build();
    media.setChoice({ signing: false, microphone: "headset" });
    media.toggleMute();
    await unplug(media, "audio");
    expect(replaced).toEqual([["headset", "lost"]]);
    expect(media.track("audio")?.enabled).toBe(false);
  });

  test("is requested once, however often the loss is noticed", async () => {
    const { media, replaced } = await build();
    void media.change("video", undefined, "lost");
    void media.change("video", undefined, "lost");
    await settle();
    expect(replaced).toEqual([["some video", "lost"]]);
  });

  test("is opened once, however often it is noticed that it is there again", async () => {
    const { media, replaced } = await build();
    missing = ["video"];
    await unplug(media, "video");
    missing = [];
    void media.change("video", undefined, "missing");
    void media.change("video", undefined, "missing");
    await settle();
    expect(replaced).toEqual([["some video", "missing"]]);
  });

  test("that was just chosen is not replaced after an interruption", async () => {
    const { media, replaced } = await build();
    void media.change("video", () => ({ deviceId: { exact: "b" } }));
    void media.change("video", () => ({ deviceId: { ideal: "a" } }), "interrupted");
    await settle();
    expect(replaced).toEqual([["b", "chosen"]]);
  });

  test("that was just chosen is the one that is opened again for signing", async () => {
    const { media } = await build();
    void media.change("video", () => ({ deviceId: { exact: "b" } }));
    void media.change("video", () => ({ deviceId: { exact: media.settings("video").deviceId ?? "" } }));
    await settle();
    expect(running(media)).toContain("b");
  });
});

test("without any camera the sound goes on and can be muted", async () => {
  const { media, gone } = await build();
  missing = ["video"];
  await unplug(media, "video");
  expect([media.state, running(media), gone]).toEqual(["missing", ["some audio"], ["video"]]);
  await media.change("video");
  expect(gone, "it is told once").toEqual(["video"]);
  missing = [];
  await media.change("video");
  expect([media.state, running(media)]).toEqual(["ready", ["some audio", "some video"]]);
});

test("without any microphone the picture and the chat go on", async () => {
  const { media, gone } = await build();
  missing = ["audio"];
  await unplug(media, "audio");
  expect([media.state, running(media), gone]).toEqual(["ready", ["some video"], ["audio"]]);
});

test("signing starts muted, and can be unmuted", async () => {
  const { media } = await build();
  media.setChoice({ signing: true });
  expect([media.muted, media.track("video")?.contentHint]).toEqual([true, "motion"]);
  media.toggleMute();
  media.setChoice({ signing: true, camera: "b" });
  expect(media.muted).toBe(false);
  media.setChoice({ signing: false });
  expect(media.track("video")?.contentHint).toBe("");
});
