import { describe, expect, test } from "vitest";
import type { MediaState } from "../src/devices/local-media";
import type { Faults } from "../src/devices/request-media";
import type { Mode } from "../src/messages.generated";
import { troubleOf, withoutKey } from "../src/view/stage";

describe("the text about the devices", () => {
  test.each<[MediaState, Faults, Mode, string | undefined]>([
    ["ready", {}, "video", undefined],
    ["asking", {}, "audio", "media_asking_audio"],
    ["denied", { audio: "denied" }, "video", "media_denied_audio"],
    ["busy", { audio: "busy" }, "video", "media_busy_audio"],
    ["busy", { video: "busy" }, "video", "media_busy"],
    ["denied", { video: "denied", audio: "busy" }, "video", "media_denied"],
    ["denied", { video: "denied", audio: "denied" }, "video", "media_denied_both"],
    ["missing", { video: "missing", audio: "missing" }, "video", "media_missing"],
    ["missing", { audio: "missing" }, "audio", "media_missing_audio"],
    ["insecure", { video: "insecure", audio: "insecure" }, "video", "media_insecure"],
    ["unsupported", { video: "unsupported", audio: "unsupported" }, "video", "media_unsupported"],
    ["unsupported", { audio: "unsupported" }, "audio", "media_unsupported"],
  ])("%s %o %s", (state, faults, mode, key) => {
    expect(troubleOf(state, faults, mode)).toBe(key);
  });
});

test("the button goes on with the device that works", () => {
  expect(withoutKey({ audio: "busy" })).toBe("without_microphone");
  expect(withoutKey({ video: "busy" })).toBe("without_camera");
  expect(withoutKey({ audio: "denied", video: "denied" })).toBe("media_audio");
});
