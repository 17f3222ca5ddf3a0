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
  constructor(private tracks: FakeTrack[] = []) {}
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
/** The name of the error that a request for this kind ends with. */
let errors: Record<string, string> = {};
let permissions: Record<string, PermissionState> = {};
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
    const name = errors[kind];
    if (name === "TypeError") throw new TypeError("no reason");
    if (name) throw new DOMException("no reason", name);
    return new FakeTrack(kind, exact ?? (deviceId as { ideal?: string })?.ideal ?? `some ${kind}`);
  });
  live.push(...tracks);
  return new FakeStream(tracks);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("RTCPeerConnection", class {});
  asks.length = open = most = 0;
  missing = [];
  errors = {};
  permissions = {};
  live = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function build(
  use: "video" | "audio" = "video",
  sent?: (track: MediaStreamTrack) => Promise<MediaStreamTrack> | undefined,
) {
  const replaced: [string, Why][] = [];
  const gone: string[] = [];
  const stillOff: string[] = [];
  const media = new LocalMedia({
    onChange: () => {},
    onReplaced: (track, why) => replaced.push([track.getSettings().deviceId ?? "", why]),
    onGone: (kind) => gone.push(kind),
    onStillOff: (problem) => stillOff.push(problem),
    ...(sent ? { sent } : {}),
    permission: async (kind) => permissions[kind],
    black: () => {
      const track = new FakeTrack("video", "black");
      live.push(track);
      return track as unknown as MediaStreamTrack;
    },
  });
  await media.use(use);
  return { media, replaced, gone, stillOff };
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

test.each([
  ["a page without https", false, undefined, class {}, "insecure"],
  ["a browser without devices", true, undefined, class {}, "unsupported"],
  ["a browser without connections", true, { getUserMedia }, undefined, "unsupported"],
])("%s asks nobody for a camera", async (_, secure, mediaDevices, connection, state) => {
  vi.stubGlobal("isSecureContext", secure);
  vi.stubGlobal("navigator", { mediaDevices });
  if (connection) vi.stubGlobal("RTCPeerConnection", connection);
  else Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  const { media } = await build();
  expect([media.state, media.faults, asks]).toEqual([state, { audio: state, video: state }, []]);
  expect([media.suits("video"), media.suits("audio"), media.suits("text")]).toEqual([false, false, true]);
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
    media.setChoice({ ...media.choice, microphone: "headset" });
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
  media.setChoice({ ...media.choice, signing: true });
  expect([media.muted, media.track("video")?.contentHint]).toEqual([true, "motion"]);
  media.toggleMute();
  media.setChoice({ ...media.choice, signing: true, camera: "b" });
  expect(media.muted).toBe(false);
  media.setChoice({ ...media.choice, signing: false });
  expect(media.track("video")?.contentHint).toBe("");
});

describe("a request that fails", () => {
  const refuse = (audio?: string, video?: string) => {
    errors = { ...(audio ? { audio } : {}), ...(video ? { video } : {}) };
    permissions = { audio: "denied", video: "granted" };
  };

  test.each([
    ["NotAllowedError", "denied"],
    ["NotReadableError", "busy"],
    ["TypeError", "busy"],
    ["InvalidStateError", "busy"],
  ])("names the microphone and not the camera: %s", async (name, problem) => {
    vi.spyOn(console, "info").mockImplementation(() => {});
    refuse(name);
    const { media } = await build();
    expect([media.state, media.faults]).toEqual([problem, { audio: problem }]);
    expect(live.map(({ readyState }) => readyState)).toEqual(["ended"]);
    await media.goOnWithoutMicrophone();
    expect([media.state, running(media)]).toEqual(["ready", ["some video"]]);
  });

  test("names the camera, or both", async () => {
    refuse(undefined, "NotReadableError");
    expect((await build()).media.faults).toEqual({ video: "busy" });
    refuse("AbortError", "NotReadableError");
    expect((await build()).media.faults).toEqual({ audio: "busy", video: "busy" });
    expect((await build("audio")).media.faults).toEqual({ audio: "busy" });
  });

  test("is not repeated where the browser would ask again", async () => {
    refuse("NotAllowedError");
    permissions = { audio: "prompt", video: "prompt" };
    const { media } = await build();
    expect([media.faults, asks.length]).toEqual([{ audio: "denied", video: "denied" }, 1]);
  });

  test("goes on by itself without any microphone", async () => {
    missing = ["audio"];
    const { media } = await build();
    expect([media.state, running(media)]).toEqual(["ready", ["some video"]]);
  });
});

describe("a device that is allowed later", () => {
  test("is requested at once", async () => {
    errors = { audio: "NotAllowedError", video: "NotAllowedError" };
    const { media } = await build();
    errors = {};
    await media.permitted("video");
    expect([media.state, media.faults, running(media)]).toEqual(["ready", {}, ["some audio", "some video"]]);
  });

  test("joins the other one, and is not opened where the mode needs none", async () => {
    errors = { audio: "NotAllowedError" };
    permissions = { audio: "denied", video: "granted" };
    const { media, replaced } = await build();
    await media.goOnWithoutMicrophone();
    errors = {};
    await media.permitted("audio");
    expect([replaced, running(media)]).toEqual([[["some audio", "missing"]], ["some video", "some audio"]]);
    await media.use("audio");
    asks.length = 0;
    await media.permitted("video");
    await media.use("text");
    await media.permitted("audio");
    expect(asks).toEqual([]);
  });
});

describe("a camera that is turned off", () => {
  const pressed = async (media: LocalMedia) => {
    const done = media.toggleCamera();
    const dark = media.track("video")?.enabled;
    await done;
    return dark;
  };

  test("stops, a black picture takes its place, and it comes back", async () => {
    permissions = { video: "granted" };
    const { media, replaced } = await build();
    const [, camera] = live;
    expect([await pressed(media), camera?.readyState]).toEqual([false, "ended"]);
    expect([running(media), media.track("video")?.enabled]).toEqual([["some audio", "black"], false]);
    expect([media.state, media.settings("video").deviceId]).toEqual(["ready", "some video"]);
    await pressed(media);
    expect([running(media), media.track("video")?.enabled]).toEqual([["some audio", "some video"], true]);
    expect(replaced).toEqual([
      ["black", "switched"],
      ["some video", "switched"],
    ]);
    expect(live.filter(({ readyState }) => readyState === "live").map(({ id }) => id)).toEqual([
      "some audio",
      "some video",
    ]);
  });

  test.each(["prompt", undefined] as const)("is only dark if it would need a question: %s", async (state) => {
    if (state) permissions = { video: state };
    const { media, replaced } = await build();
    expect(await pressed(media)).toBe(false);
    expect([live[1]?.readyState, replaced]).toEqual(["live", []]);
    await pressed(media);
    expect([media.track("video")?.enabled, asks.length]).toEqual([true, 1]);
  });

  test("and on and off again in one moment ends off", async () => {
    permissions = { video: "granted" };
    const { media } = await build();
    void media.toggleCamera();
    void media.toggleCamera();
    await media.toggleCamera();
    expect([running(media), media.cameraOff]).toEqual([["some audio", "black"], true]);
    expect(live.filter(({ readyState }) => readyState === "live").map(({ id }) => id)).toEqual([
      "some audio",
      "black",
    ]);
  });

  test("stays off if it does not come back, and says why", async () => {
    permissions = { video: "granted" };
    const { media, stillOff } = await build();
    await pressed(media);
    errors = { video: "NotReadableError" };
    await pressed(media);
    expect([media.state, media.cameraOff, running(media), stillOff]).toEqual([
      "ready",
      true,
      ["some audio", "black"],
      ["busy"],
    ]);
  });

  test("is not opened by an interruption, a mode or another choice, which counts later", async () => {
    permissions = { video: "granted" };
    const { media } = await build();
    await pressed(media);
    asks.length = 0;
    await media.change("video", undefined, "interrupted");
    await media.change("video", () => ({ deviceId: { exact: "b" } }));
    expect([asks, running(media)]).toEqual([[], ["some audio", "black"]]);
    await pressed(media);
    expect(running(media)).toEqual(["some audio", "b"]);
    await pressed(media);
    asks.length = 0;
    await media.use("video");
    expect(asks.map((ask) => Object.keys(ask).join())).toEqual(["audio"]);
    expect([media.state, running(media)]).toEqual(["ready", ["some audio", "black"]]);
  });
});

test("a muted microphone goes on running, so that it is back at once", async () => {
  permissions = { audio: "granted" };
  const { media } = await build();
  media.toggleMute();
  expect([live[0]?.readyState, media.track("audio")?.enabled]).toEqual(["live", false]);
});

describe("a picture that is not sent as the camera gives it", () => {
  const inPlace = (track: MediaStreamTrack) => {
    if (track.kind === "audio") return undefined;
    const { deviceId } = track.getSettings();
    return Promise.resolve(new FakeTrack("video", `blurred ${deviceId}`) as unknown as MediaStreamTrack);
  };
  const broken = (track: MediaStreamTrack) =>
    track.kind === "audio" ? undefined : Promise.reject(new Error("not loaded"));

  test("stands in the place of the camera at the start, after a change, and after it was off", async () => {
    permissions = { video: "granted" };
    const { media, replaced } = await build("video", inPlace);
    expect(running(media)).toEqual(["some audio", "blurred some video"]);
    await media.change("video", () => ({ deviceId: { exact: "b" } }));
    await media.toggleCamera();
    await media.toggleCamera();
    expect(replaced.map(([name]) => name)).toEqual(["blurred b", "black", "blurred blurred b"]);
  });

  test("is never the camera's if it cannot be made", async () => {
    permissions = { video: "prompt" };
    const { media } = await build("video", broken);
    await settle();
    expect([media.cameraOff, running(media)]).toEqual([true, ["some audio", "black"]]);
    expect(live.find(({ id }) => id === "some video")?.readyState).toBe("ended");
    await media.toggleCamera();
    await settle();
    expect([media.cameraOff, media.track("video")?.enabled]).toEqual([true, false]);
  });

  test("is dark at once if it fails later, also where the browser would ask for the camera again", async () => {
    permissions = { video: "prompt" };
    const { media } = await build("video", inPlace);
    const done = media.darken();
    expect(media.track("video")?.enabled).toBe(false);
    await done;
    expect([media.cameraOff, running(media)]).toEqual([true, ["some audio", "black"]]);
    await media.toggleCamera();
    expect(running(media)).toEqual(["some audio", "blurred blurred some video"]);
  });
});

describe("a call that changes its mode", () => {
  const kinds = (media: LocalMedia) => media.stream?.getTracks().map(({ kind }) => kind);

  test("gets a camera while the microphone goes on, and gives it back alone", async () => {
    const { media, replaced } = await build("audio");
    const microphone = media.track("audio");
    media.cameraOff = true; // in an earlier call
    expect(await media.switchTo("video")).toEqual({});
    expect([kinds(media), media.on]).toEqual([["audio", "video"], { microphone: true, camera: true }]);
    expect(replaced).toEqual([["some video", "missing"]]);
    expect(await media.switchTo("audio")).toEqual({});
    expect([kinds(media), media.track("audio"), media.mode]).toEqual([["audio"], microphone, "audio"]);
    expect(live.map(({ kind, readyState }) => `${kind} ${readyState}`)).toEqual([
      "audio live",
      "video ended",
    ]);
  });

  test("opens one camera, however often it is asked for", async () => {
    const { media } = await build("audio");
    await Promise.all([media.switchTo("video"), media.switchTo("video")]);
    expect([kinds(media), asks.length]).toEqual([["audio", "video"], 2]);
  });

  test("goes on as before without a camera, and says why", async () => {
    const { media } = await build("audio");
    errors = { video: "NotAllowedError" };
    expect(await media.switchTo("video")).toEqual({ video: "denied" });
    expect([kinds(media), media.mode, media.state, media.faults]).toEqual([["audio"], "audio", "ready", {}]);
  });

  test("opens a microphone after text, waits for it, and closes all for text", async () => {
    const { media } = await build("audio");
    await media.switchTo("text");
    expect([kinds(media), media.state]).toEqual([undefined, "none"]);
    const [first, second] = [media.switchTo("audio"), media.switchTo("audio")];
    expect(await second).toEqual({});
    expect([kinds(media), await first, asks.length]).toEqual([["audio"], {}, 2]);
    errors = { audio: "NotAllowedError" };
    await media.switchTo("text");
    expect(await media.switchTo("audio")).toEqual({ audio: "denied" });
  });

  test("keeps a microphone that is just being opened, and adds the camera after it", async () => {
    const { media } = await build("audio");
    void media.use("audio"); // after a reload
    const sound = media.settled();
    expect(await media.switchTo("video")).toEqual({});
    expect((await sound)?.getTracks().map(({ kind }) => kind)).toEqual(["audio", "video"]);
  });

  test("is not mute from before when somebody wants to talk, unless they sign", async () => {
    const { media } = await build("audio");
    media.toggleMute();
    await media.switchTo("text");
    await media.switchTo("audio");
    expect(media.on.microphone).toBe(true);
    media.setChoice({ signing: true, echo: true, noise: true });
    await media.switchTo("text");
    await media.switchTo("audio");
    expect(media.on.microphone).toBe(false);
  });

  test("is well again without a camera that went away", async () => {
    const { media } = await build("audio");
    await media.switchTo("video");
    missing = ["video"];
    await unplug(media, "video");
    expect(media.state).toBe("missing");
    await media.switchTo("audio");
    expect([media.state, media.faults, media.suits("audio")]).toEqual(["ready", {}, true]);
  });

  test("has its camera off if what is sent of it cannot be made", async () => {
    const { media } = await build("audio", (track) =>
      track.kind === "video" ? Promise.reject(new Error("no blur")) : undefined,
    );
    await media.switchTo("video");
    await settle();
    expect(media.on.camera).toBe(false);
  });

  test("stops a camera that opens when it is not wanted any more", async () => {
    const { media } = await build("audio");
    const late = media.switchTo("video");
    await media.switchTo("text");
    await late;
    await settle();
    expect(live.filter(({ readyState }) => readyState === "live")).toEqual([]);
  });
});
