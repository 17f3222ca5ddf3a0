import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Interruptions, kindsToRenew, PATIENCE_MS, type TrackState } from "../src/devices/interruptions";

const well: TrackState[] = [
  { kind: "audio", ended: false, muted: false },
  { kind: "video", ended: false, muted: false },
];
const but = (kind: string, change: Partial<TrackState>) =>
  well.map((look) => (look.kind === kind ? { ...look, ...change } : look));

describe("devices to request again", () => {
  test.each<[string, TrackState[], boolean, boolean, string[]]>([
    ["nothing, where nothing happened", well, false, true, []],
    ["a track that ended", but("video", { ended: true }), false, false, ["video"]],
    ["everything after a telephone call, though all looks well", well, true, false, ["audio", "video"]],
    ["not yet what the browser may still give back", but("audio", { muted: true }), false, false, []],
    ["what it has not given back after a while", but("audio", { muted: true }), false, true, ["audio"]],
  ])("%s", (_, looks, interrupted, waited, kinds) => {
    expect(kindsToRenew(looks, interrupted, waited)).toEqual(kinds);
  });
});

describe("on an iPhone", () => {
  const page = new EventTarget();
  const session = Object.assign(new EventTarget(), { state: "active" });
  const document = Object.assign(new EventTarget(), { hidden: false });

  beforeEach(() => {
    vi.useFakeTimers();
    document.hidden = false;
    vi.stubGlobal("document", document);
    vi.stubGlobal("navigator", { audioSession: session });
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function build() {
    const done: string[] = [];
    const tracks = { audio: fakeTrack("audio"), video: fakeTrack("video") };
    const interruptions = new Interruptions({
      media: {
        track: (kind) => tracks[kind] as unknown as MediaStreamTrack,
        settings: (kind) => ({ deviceId: `my ${kind}` }),
        change: async (kind, device) => void done.push(`${kind} ${JSON.stringify(device?.())}`),
      },
      reattach: () => done.push("revive"),
    });
    interruptions.watch();
    interruptions.update();
    return { done, tracks };
  }
  const fakeTrack = (kind: string) =>
    ({ kind, readyState: "live", muted: false }) as Partial<MediaStreamTrack>;
  const everything = [
    'audio {"deviceId":{"ideal":"my audio"}}',
    'video {"deviceId":{"ideal":"my video"}}',
    "revive",
  ];
  const become = (state: string) => {
    session.state = state;
    session.dispatchEvent(new Event("statechange"));
  };

  test("a phone call ends both tracks, which come back once it is over", async () => {
    const { done } = build();
    become("interrupted");
    become("active");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toEqual(everything);
  });

  test("on a locked screen nothing is requested until the page is visible", async () => {
    const { done, tracks } = build();
    document.hidden = true;
    tracks.audio.onmute?.call(tracks.audio as MediaStreamTrack, new Event("mute"));
    tracks.audio.onunmute?.call(tracks.audio as MediaStreamTrack, new Event("unmute"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toEqual([]);
    document.hidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual(everything);
  });

  test("a camera that stays dark is requested again after a while", async () => {
    const { done, tracks } = build();
    Object.assign(tracks.video, { muted: true });
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual(['video {"deviceId":{"ideal":"my video"}}', "revive"]);
  });

  test("a page that is hidden again requests nothing", async () => {
    const { done, tracks } = build();
    Object.assign(tracks.video, { muted: true });
    document.dispatchEvent(new Event("visibilitychange"));
    document.hidden = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toEqual([]);
  });

  test("a page from the back/forward cache gets its camera back", async () => {
    const { done, tracks } = build();
    Object.assign(tracks.video, { readyState: "ended" });
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual(['video {"deviceId":{"ideal":"my video"}}', "revive"]);
  });
});
