import { describe, expect, test } from "vitest";
import { constraintsOf } from "../src/devices/constraints";
import {
  devicesOf,
  type Listed,
  nextCamera,
  otherCamera,
  returned,
  speakerOf,
} from "../src/devices/device-list";

const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId): Listed => ({
  kind,
  deviceId,
  label,
});
const cameras = ["a", "b", "c"].map((id) => device("videoinput", id));

test("before the permission there is nothing to choose from, and afterwards no names for the system's choice", () => {
  expect(devicesOf([device("videoinput", ""), device("audioinput", "")])).toEqual({
    cameras: [],
    microphones: [],
    speakers: [],
  });
  const listed = ["default", "communications", "headset"].map((id) => device("audioinput", id));
  expect(devicesOf(listed).microphones.map(({ deviceId }) => deviceId)).toEqual(["headset"]);
});

test("the next camera, in a round", () => {
  expect(["a", "b", "c"].map((id) => nextCamera(cameras, id))).toEqual(["b", "c", "a"]);
  expect(nextCamera(cameras.slice(0, 1), "a")).toBeUndefined();
  expect(nextCamera([], undefined)).toBeUndefined();
  expect(nextCamera(cameras, "unplugged")).toBe("a");
});

test("on a phone the other side, elsewhere the next camera", () => {
  expect(otherCamera(cameras, { facingMode: "user", deviceId: "a" })).toEqual({
    facingMode: { exact: "environment" },
  });
  expect(otherCamera(cameras, { facingMode: "environment" })).toEqual({ facingMode: { exact: "user" } });
  expect(otherCamera(cameras, { deviceId: "a" })).toEqual({ deviceId: { exact: "b" } });
  expect(otherCamera([], {})).toBeUndefined();
});

test("what was chosen is taken again when it is back", () => {
  expect(returned(cameras, "b", "a")).toBe("b");
  expect(returned(cameras, "b", "b")).toBeUndefined();
  expect(returned(cameras, "gone", "a")).toBeUndefined();
  expect(returned(cameras, undefined, "a")).toBeUndefined();
});

test("a speaker that is not here is not played on", () => {
  const devices = devicesOf([device("audiooutput", "loud")]);
  expect(["loud", "gone", undefined].map((speaker) => speakerOf(devices, { speaker }))).toEqual([
    "loud",
    "",
    "",
  ]);
});

describe("what a browser is asked for", () => {
  test("one's own side of a phone, unless a camera was chosen", () => {
    expect(constraintsOf("video", { signing: false })).toMatchObject({ facingMode: "user" });
    const chosen = constraintsOf("video", { signing: false, camera: "b" });
    expect(chosen.facingMode).toBeUndefined();
    expect(chosen.deviceId).toEqual({ ideal: "b" });
  });

  test("exactly another device, where somebody wants that one", () => {
    const wanted = { deviceId: { exact: "c" } };
    expect(constraintsOf("video", { signing: false, camera: "b" }, wanted).deviceId).toEqual({ exact: "c" });
    expect(constraintsOf("audio", { signing: false, microphone: "m" }).deviceId).toEqual({ ideal: "m" });
  });

  test("as many pictures as there are, for who signs", () => {
    expect(constraintsOf("video", { signing: true }).frameRate).toEqual({ ideal: 60 });
    expect(constraintsOf("video", { signing: false }).frameRate).toEqual({ ideal: 30, max: 30 });
  });
});
