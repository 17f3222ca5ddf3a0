import { beforeEach, describe, expect, test, vi } from "vitest";
import { LONGEST, type PeerMessage } from "../src/peer/peer-channel";
import { type FakeChannel, FakeConnection } from "./fake-connection";
import { settle } from "./helpers";
import { build, withoutABrowser } from "./peers";

withoutABrowser();

let side: ReturnType<typeof build>;
let wire: FakeChannel;

beforeEach(() => {
  side = build(false);
  wire = side.connection.channels[0] as FakeChannel;
});

/** Returns what is heard of the type "dance" from now on. */
function hear(): PeerMessage[] {
  const heard: PeerMessage[] = [];
  side.peer.channel.listen("dance", (message) => heard.push(message));
  return heard;
}

const say = (data: unknown) => wire.onmessage?.({ data });
const dance = (step: unknown) => JSON.stringify({ type: "dance", step });

describe("what arrives", () => {
  test("is given to whoever listens to its type, with all fields", () => {
    const heard = hear();
    say(dance(1));
    say('{"type":"sing"}');
    expect(heard).toEqual([{ type: "dance", step: 1 }]);
  });

  test("waits for a part of the page that is loaded later", () => {
    say(dance(1));
    say('{"type":"sing"}');
    say(dance(2));
    expect(hear().map(({ step }) => step)).toEqual([1, 2]);
    expect(hear()).toEqual([]);
  });

  test("over a connection that is over belongs to nothing", () => {
    say(dance(1));
    side.peer.channel.open(new FakeConnection() as unknown as RTCPeerConnection);
    expect(hear()).toEqual([]);
  });

  test("after the page has closed the connection is not heard", () => {
    const heard = hear();
    side.peer.close();
    say(dance(1));
    expect(heard).toEqual([]);
  });

  test("waits only up to a bound", () => {
    for (let step = 0; step < 200; step++) say(dance(step));
    expect(hear()).toHaveLength(32);
  });

  test.each<[string, unknown]>([
    ["no object", "[]"],
    ["no JSON", "{"],
    ["a number", 7],
    ["bytes", new ArrayBuffer(8)],
    ["no type", '{"step":1}'],
    ["a type that is no text", '{"type":{"dance":1}}'],
    ["a long text", dance("x".repeat(LONGEST))],
  ])("is ignored if it is %s", (_, data) => {
    const heard = hear();
    expect(() => say(data)).not.toThrow();
    expect(heard).toEqual([]);
  });

  test("is not heard in a flood, and heard again afterwards", () => {
    const heard = hear();
    for (let step = 0; step < 10_000; step++) say(dance(step));
    expect(heard).toHaveLength(300);
    vi.advanceTimersByTime(1_000);
    for (let step = 0; step < 10_000; step++) say(dance(step));
    expect(heard).toHaveLength(360);
  });
});

describe("what is sent", () => {
  test("goes only over an open channel", () => {
    const { channel } = side.peer;
    expect(channel.send({ type: "dance" })).toBe(false);
    wire.open();
    expect([channel.isOpen, channel.send({ type: "dance", step: 1 })]).toEqual([true, true]);
    expect(wire.sent).toEqual([dance(1)]);
  });

  test("is refused when it is too long, or the network too slow", () => {
    const { channel } = side.peer;
    wire.open();
    expect(channel.send({ type: "dance", step: "x".repeat(LONGEST) })).toBe(false);
    wire.bufferedAmount = 1_000_000;
    expect(channel.send({ type: "dance" })).toBe(false);
    expect(wire.sent).toEqual([]);
  });
});

test("whoever waits for the channel is told when it opens, or at once", () => {
  const told: string[] = [];
  side.peer.channel.onOpen(() => told.push("waited"));
  expect(told).toEqual([]);
  wire.open();
  side.peer.channel.onOpen(() => told.push("late"));
  expect(told).toEqual(["waited", "late"]);
});

test("whoever comes between the opening and its event is told once", () => {
  const told = vi.fn();
  wire.readyState = "open";
  side.peer.channel.onOpen(told);
  wire.open();
  expect(told).toHaveBeenCalledTimes(1);
});

describe("the channel", () => {
  test("is opened with the media, so that one negotiation is enough", async () => {
    await settle();
    expect([side.connection.channels.length, side.connection.offers]).toEqual([1, 1]);
  });

  test.each([
    ["m=audio 9 X\r\nm=video 9 X\r\n", []],
    ["m=audio 9 X\r\nm=application 9 X\r\n", [0]],
  ])("is not opened to an older page, which offers no data", async (sdp, ids) => {
    const { peer, connection } = build(true);
    await peer.receive({ type: "description", match: "m1", description: { type: "offer", sdp } });
    expect([connection.channels.map(({ id }) => id), connection.offers]).toEqual([ids, 0]);
  });
});
