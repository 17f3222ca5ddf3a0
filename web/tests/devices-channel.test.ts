import { describe, expect, test } from "vitest";
import type { DevicesOn } from "../src/core/call/state";
import { parseDevices } from "../src/peer/devices-channel";
import { inCall, reach } from "./calls";
import type { FakeChannel } from "./fake-connection";
import { settle } from "./helpers";
import { build, withoutABrowser } from "./peers";

withoutABrowser();

const on = { microphone: true, camera: true };
const said = (devices: DevicesOn) => JSON.stringify({ type: "devices", ...devices });

/** Returns one side of a call, and what it learned of the stranger's devices. */
function side(polite = false) {
  const heard: DevicesOn[] = [];
  const { peer, connection } = build(polite, { onDevices: (devices) => heard.push(devices) });
  return { peer, connection, heard, channel: connection.channels[0] as FakeChannel };
}

test.each<[string, unknown, DevicesOn | undefined]>([
  ["the devices of a page", said({ microphone: false, camera: true }), { microphone: false, camera: true }],
  [
    "fields of a newer page",
    '{"type":"devices","microphone":true,"camera":false,"x":1}',
    { ...on, camera: false },
  ],
  ["another message", '{"type":"dance","microphone":true,"camera":true}', undefined],
  ["no message", "[]", undefined],
  ["no JSON", "{", undefined],
  ["a number", 7, undefined],
  ["bytes", new ArrayBuffer(8), undefined],
  ["words for a choice", '{"type":"devices","microphone":"yes","camera":true}', undefined],
  ["half of it", '{"type":"devices","camera":true}', undefined],
  ["a long text", said(on).replace("}", `,"x":"${"x".repeat(200)}"}`), undefined],
])("reads %s", (_, data, devices) => {
  expect(parseDevices(data)).toEqual(devices);
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

  test("hears the stranger's, but not more often than people press", () => {
    const { channel, heard } = side();
    channel.onmessage?.({ data: "{}" });
    channel.onmessage?.({ data: said({ microphone: false, camera: true }) });
    expect(heard).toEqual([{ microphone: false, camera: true }]);
    for (let time = 0; time < 10_000; time++) channel.onmessage?.({ data: said(on) });
    expect(heard.length).toBeLessThanOrEqual(500);
  });

  test("opens the channel with its media, so that one negotiation is enough", async () => {
    const { connection } = side();
    await settle();
    expect([connection.channels.length, connection.offers]).toEqual([1, 1]);
  });

  test("opens none to an older page, which offers no data", async () => {
    const offers = async (sdp: string) => {
      const { peer, connection } = side(true);
      await peer.receive({ type: "description", match: "m1", description: { type: "offer", sdp } });
      return [connection.channels.map(({ id }) => id), connection.offers];
    };
    expect(await offers("m=audio 9 X\r\nm=video 9 X\r\n")).toEqual([[], 0]);
    expect(await offers("m=audio 9 X\r\nm=application 9 X\r\n")).toEqual([[0], 0]);
  });
});

test("the call knows which of the stranger's devices are on, until the next stranger", () => {
  const off = { microphone: false, camera: false };
  const told = { type: "partner_devices", match: "m1", on: off } as const;
  expect(reach(...inCall, told)[0].conversation?.theirs).toEqual(off);
  expect(reach(...inCall, { ...told, match: "m0" })[0].conversation?.theirs).toBeUndefined();
});
