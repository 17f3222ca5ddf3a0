import { describe, expect, test, vi } from "vitest";
import type { DevicesOn } from "../src/core/call/state";
import { parseDevices } from "../src/peer/told-devices";
import { inCall, reach } from "./calls";
import type { FakeChannel } from "./fake-connection";
import { build, withoutABrowser } from "./peers";

withoutABrowser();

const on = { microphone: true, camera: true };
const said = (devices: DevicesOn) => JSON.stringify({ type: "devices", ...devices });

/** Returns one side of a call, and what it learned of the stranger's devices. */
function side() {
  const heard: DevicesOn[] = [];
  const { peer, connection } = build(false, { onDevices: (devices) => heard.push(devices) });
  return { peer, heard, channel: connection.channels[0] as FakeChannel };
}

test.each<[string, Record<string, unknown>, DevicesOn | undefined]>([
  ["the devices of a page", { microphone: false, camera: true }, { microphone: false, camera: true }],
  ["fields of a newer page", { microphone: true, camera: false, x: 1 }, { ...on, camera: false }],
  ["words for a choice", { microphone: "yes", camera: true }, undefined],
  ["half of it", { camera: true }, undefined],
])("reads %s", (_, fields, devices) => {
  expect(parseDevices({ type: "devices", ...fields })).toEqual(devices);
});

describe("a page", () => {
  test("tells its devices as soon as the channel is open, and each change once", () => {
    const { peer, channel } = side();
    peer.tellDevices(on);
    expect(channel.sent).toEqual([]);
    channel.open();
    peer.tellDevices({ ...on });
    peer.tellDevices({ microphone: false, camera: true });
    expect(channel.sent).toEqual([said(on), said({ microphone: false, camera: true })]);
  });

  test("hears the stranger's newest, four times a second", () => {
    const { channel, heard } = side();
    channel.onmessage?.({ data: '{"type":"devices"}' });
    for (let time = 0; time < 100; time++) {
      channel.onmessage?.({ data: said({ microphone: true, camera: true }) });
      channel.onmessage?.({ data: said({ microphone: false, camera: true }) });
    }
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual([{ microphone: false, camera: true }]);
  });
});

test("the call knows which of the stranger's devices are on, until the next stranger", () => {
  const off = { microphone: false, camera: false };
  const told = { type: "partner_devices", match: "m1", on: off } as const;
  expect(reach(...inCall, told)[0].conversation?.theirs).toEqual(off);
  expect(reach(...inCall, { ...told, match: "m0" })[0].conversation?.theirs).toBeUndefined();
});
