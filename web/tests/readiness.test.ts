import { describe, expect, test } from "vitest";
import { type Situation, sentencesOf } from "../src/view/readiness";

const well: Situation = {
  mode: "video",
  online: true,
  cameraOff: false,
  microphone: "heard",
  ready: true,
  site: { ice_policy: "all", relay: false },
  settings: { hideAddress: false },
};

describe("before Start the page says", () => {
  test("that everything works", () => {
    expect(sentencesOf(well)).toEqual({
      camera: "ready_camera",
      microphone: "ready_microphone",
      connection: ["ready_online", "ready_direct"],
    });
  });

  test.each([
    ["on", "ready_on"],
    ["quiet", "ready_quiet"],
    ["muted", "ready_muted"],
    [undefined, "no_microphone"],
  ] as const)("whether the microphone is heard: %s", (microphone, key) => {
    expect(sentencesOf({ ...well, microphone }).microphone).toBe(key);
  });

  test("that the camera is off", () => {
    expect(sentencesOf({ ...well, cameraOff: true }).camera).toBe("camera_off");
  });

  test("nothing of devices that the mode does not need, or whose trouble is told elsewhere", () => {
    expect(sentencesOf({ ...well, mode: "audio" }).camera).toBeUndefined();
    expect(sentencesOf({ ...well, mode: "text" })).toEqual({ connection: ["ready_online"] });
    expect(sentencesOf({ ...well, ready: false })).toEqual({ connection: ["ready_online", "ready_direct"] });
  });

  test("whether a relay carries a call", () => {
    const way = (ice_policy: "all" | "relay", relay: boolean, hideAddress: boolean) =>
      sentencesOf({ ...well, site: { ice_policy, relay }, settings: { hideAddress } }).connection[1];
    expect(way("relay", true, false)).toBe("ready_relay");
    expect(way("all", true, true)).toBe("ready_relay");
    expect(way("all", true, false)).toBe("ready_either");
    expect(way("all", false, true)).toBe("ready_direct");
    expect(sentencesOf({ ...well, online: false }).connection).toEqual(["ready_offline"]);
  });
});
