import { expect, test } from "vitest";
import { DeviceManager, type DeviceManagerOptions } from "../src/devices/device-manager";
import { loadSettings, type Settings } from "../src/settings";
import { memoryStore } from "./helpers";

const usual = loadSettings(memoryStore());

/** Returns what is requested when the settings change from the usual ones to these. */
async function requested(change: Partial<Settings>) {
  const asked: [string, MediaTrackConstraints][] = [];
  const media = {
    setChoice: () => {},
    settings: (kind: string) => ({ deviceId: `running ${kind}` }),
    change: async (kind: string, device: () => MediaTrackConstraints) => void asked.push([kind, device()]),
  };
  const options = { media, output: {}, settings: () => usual, onDevices: () => {} };
  const manager = new DeviceManager(options as unknown as DeviceManagerOptions);
  await manager.settingsChanged(usual, { ...usual, ...change });
  return asked;
}

test.each([
  ["a blurred background", { blur: true }, [["video", { deviceId: { exact: "running video" } }]]],
  ["signing", { signing: true }, [["video", { deviceId: { exact: "running video" } }]]],
  [
    "another camera, which is blurred, too",
    { camera: "b", blur: true },
    [["video", { deviceId: { exact: "b" } }]],
  ],
  ["sound with echoes", { echo: false }, [["audio", { deviceId: { exact: "running audio" } }]]],
  ["sound with noise", { noise: false }, [["audio", { deviceId: { exact: "running audio" } }]]],
  ["another microphone", { microphone: "m", echo: false }, [["audio", { deviceId: { exact: "m" } }]]],
  ["something else", { check: false, hideAddress: false }, []],
])("for %s the device is requested once", async (_, change, asked) => {
  expect(await requested(change)).toEqual(asked);
});
