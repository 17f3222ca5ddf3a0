import { describe, expect, test } from "vitest";
import type { PeerMessage } from "../src/peer/peer-channel";
import { ActivityChannel } from "../src/together/activity-channel";

/** The channel between two pages, with one listener for each type. */
function build() {
  const listeners = new Map<string, (message: PeerMessage) => void>();
  const sent: PeerMessage[] = [];
  const channel = new ActivityChannel({
    send: (message) => sent.push(message) > 0,
    listen: (type, take) => void listeners.set(type, take),
  });
  const arrive = (n: number) => listeners.get("draw")?.({ type: "draw", n });
  return { channel, sent, arrive };
}

/** Listens, and returns the numbers that arrive. */
function hear(channel: ActivityChannel): unknown[] {
  const heard: unknown[] = [];
  channel.listen("draw", ({ n }) => heard.push(n));
  return heard;
}

describe("an activity", () => {
  test("hears nothing and says nothing after its end", () => {
    const { channel, sent, arrive } = build();
    channel.begin();
    const heard = hear(channel);
    arrive(1);
    expect(channel.send({ type: "draw", n: 1 })).toBe(true);
    channel.end();
    arrive(2);
    expect(channel.send({ type: "draw", n: 2 })).toBe(false);
    expect(heard).toEqual([1]);
    expect(sent).toEqual([{ type: "draw", n: 1 }]);
  });

  test("that begins again gets what came while it was loaded, and nothing older", () => {
    const { channel, arrive } = build();
    channel.begin();
    const first = hear(channel);
    channel.end();
    arrive(1);
    channel.begin();
    arrive(2);
    arrive(3);
    const second = hear(channel);
    arrive(4);
    expect(first).toEqual([]);
    expect(second).toEqual([2, 3, 4]);
  });

  test("keeps few of the messages of a flood", () => {
    const { channel, arrive } = build();
    channel.begin();
    hear(channel);
    channel.end();
    channel.begin();
    for (let n = 0; n < 1_000; n++) arrive(n);
    expect(hear(channel)).toHaveLength(64);
  });

  test("cannot listen before it begins", () => {
    const { channel, arrive } = build();
    const heard = hear(channel);
    channel.begin();
    arrive(1);
    expect(heard).toEqual([]);
  });
});
