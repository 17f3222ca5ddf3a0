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

const CHOICE = { signing: false, echo: true, noise: true };

const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId): Listed => ({
  kind,
  deviceId,
  label,
});
const cameras = ["a", "b", "c"].map((id) => device("videoinput", id));

test("there are no devices before the permission, and no names for the default afterwards", () => {
  expect(devicesOf([device("videoinput", ""), device("audioinput", "")])).toEqual({
    cameras: [],
    microphones: [],
    speakers: [],
  });
  const listed = ["default", "communications", "headset"].map((id) => device("audioinput", id));
  expect(devicesOf(listed).microphones.map(({ deviceId }) => deviceId)).toEqual(["headset"]);
});

test("the next camera, in a circle", () => {
  expect(["a", "b", "c"].map((id) => nextCamera(cameras, id))).toEqual(["b", "c", "a"]);
  expect(nextCamera(cameras.slice(0, 1), "a")).toBeUndefined();
  expect(nextCamera([], undefined)).toBeUndefined();
  expect(nextCamera(cameras, "unplugged")).toBe("a");
});

test("the other side of a phone, or the next camera elsewhere", () => {
  expect(otherCamera(cameras, { facingMode: "user", deviceId: "a" })).toEqual({
    facingMode: { exact: "environment" },
  });
  expect(otherCamera(cameras, { facingMode: "environment" })).toEqual({ facingMode: { exact: "user" } });
  expect(otherCamera(cameras, { deviceId: "a" })).toEqual({ deviceId: { exact: "b" } });
  expect(otherCamera([], {})).toBeUndefined();
});

test("a chosen device is taken again when it is back", () => {
  expect(returned(cameras, "b", "a")).toBe("b");
  expect(returned(cameras, "b", "b")).toBeUndefined();
  expect(returned(cameras, "gone", "a")).toBeUndefined();
  expect(returned(cameras, undefined, "a")).toBeUndefined();
});

test("a missing speaker is not used", () => {
  const devices = devicesOf([device("audiooutput", "loud")]);
  expect(["loud", "gone", undefined].map((speaker) => speakerOf(devices, { speaker }))).toEqual([
    "loud",
    "",
    "",
  ]);
});

describe("media constraints", () => {
  test("ask for the front camera unless one was chosen", () => {
    expect(constraintsOf("video", CHOICE)).toMatchObject({ facingMode: "user" });
    const chosen = constraintsOf("video", { ...CHOICE, camera: "b" });
    expect(chosen.facingMode).toBeUndefined();
    expect(chosen.deviceId).toEqual({ ideal: "b" });
  });

  test("ask for exactly one device if that is wanted", () => {
    const wanted = { deviceId: { exact: "c" } };
    expect(constraintsOf("video", { ...CHOICE, camera: "b" }, wanted).deviceId).toEqual({ exact: "c" });
    expect(constraintsOf("audio", { ...CHOICE, microphone: "m" }).deviceId).toEqual({ ideal: "m" });
  });

  test("leave out what spoils music", () => {
    const sound = (echo: boolean, noise: boolean) => constraintsOf("audio", { ...CHOICE, echo, noise });
    expect(sound(true, true)).toMatchObject({ echoCancellation: true, noiseSuppression: true });
    expect(sound(false, true)).toMatchObject({ echoCancellation: false, noiseSuppression: true });
    expect(sound(true, false)).toMatchObject({ noiseSuppression: false, autoGainControl: false });
  });

  test("ask for a high frame rate for signing", () => {
    expect(constraintsOf("video", { ...CHOICE, signing: true }).frameRate).toEqual({ ideal: 60 });
    expect(constraintsOf("video", CHOICE).frameRate).toEqual({ ideal: 30, max: 30 });
  });
});
