// What stands in the place of a camera, and where it is the browser that blurs.

import { describe, expect, test, vi } from "vitest";
import { blursItself } from "../src/blur/browser-blur";
import { inPlaceOfCamera } from "../src/blur/in-place-of-camera";
import { showPerson } from "../src/blur/picture-blur";

class FakeTrack extends EventTarget {
  readyState = "live";
  muted = false;
  label = "";
  onended: (() => void) | null = null;
  settings: Record<string, unknown> = {};
  constraints: object[] = [];
  refuses = false;
  capabilities: object = {};
  stop() {
    this.readyState = "ended";
  }
  getSettings() {
    return this.settings;
  }
  getConstraints = () => ({ width: 1280 });
  getCapabilities = () => this.capabilities;
  applyConstraints = async (wanted: object) => {
    if (this.refuses) throw new DOMException("no", "OverconstrainedError");
    this.constraints.push(wanted);
    this.settings = { ...this.settings, ...("backgroundBlur" in wanted ? { backgroundBlur: true } : {}) };
  };
}
const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack;

describe("a track in the place of a camera", () => {
  const build = () => {
    const [camera, track, stopped] = [new FakeTrack(), new FakeTrack(), vi.fn()];
    camera.label = "Front";
    camera.settings = { deviceId: "a", facingMode: "user" };
    return { camera, track, stopped, sent: inPlaceOfCamera(asTrack(track), asTrack(camera), stopped) };
  };

  test("has what belongs to the camera, also what changes later", () => {
    const { camera, sent } = build();
    camera.muted = true;
    expect([sent.label, sent.getSettings(), sent.muted]).toEqual([
      "Front",
      { deviceId: "a", facingMode: "user" },
      true,
    ]);
  });

  test("lets go of the camera when it is stopped", () => {
    const { camera, track, stopped, sent } = build();
    sent.stop();
    expect([camera.readyState, track.readyState, stopped.mock.calls.length]).toEqual(["ended", "ended", 1]);
  });

  test("ends when the camera is unplugged", () => {
    const { camera, track, stopped, sent } = build();
    const ended = vi.fn();
    sent.addEventListener("ended", ended);
    camera.onended?.();
    expect([track.readyState, ended.mock.calls.length, stopped.mock.calls.length]).toEqual(["ended", 1, 1]);
  });
});

describe("a browser that can blur", () => {
  test("does it, and says when somebody turns it off", async () => {
    const camera = new FakeTrack();
    camera.capabilities = { backgroundBlur: [true, false] };
    const off = vi.fn();
    expect(await blursItself(asTrack(camera), off)).toBe(true);
    expect(camera.constraints).toEqual([{ width: 1280, backgroundBlur: { exact: true } }]);
    camera.dispatchEvent(new Event("configurationchange"));
    expect(off).not.toHaveBeenCalled();
    camera.settings = { backgroundBlur: false };
    camera.dispatchEvent(new Event("configurationchange"));
    expect(off).toHaveBeenCalledOnce();
  });

  test.each([
    ["has no such thing", {}, false],
    ["cannot turn it on", { backgroundBlur: [false] }, false],
    ["refuses", { backgroundBlur: [true, false] }, true],
  ])("is not used if it %s", async (_, capabilities, refuses) => {
    vi.spyOn(console, "info").mockImplementation(() => {});
    const camera = Object.assign(new FakeTrack(), { capabilities, refuses });
    expect(await blursItself(asTrack(camera), () => {})).toBe(false);
  });
});

test("what is certainly a person is shown, what is not is left to the blur, and between them it fades", () => {
  const shape = { width: 4, height: 2, data: new Uint8ClampedArray(4 * 4 * 2) };
  // Two squares: left and right above, left and right below.
  showPerson([1, 0, 0.5, 0.2, 0.9, 0.3, 0, 1], shape as unknown as ImageData);
  const opaque = Array.from({ length: 8 }, (_, place) => shape.data[4 * place + 3]);
  expect(opaque).toEqual([255, 0, 255, 0, 128, 0, 0, 255]);
});
