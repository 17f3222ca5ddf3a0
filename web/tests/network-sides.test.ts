// Two pages that tell each other of their own side, over the channel that they have.

import { describe, expect, test } from "vitest";
import type { Sample } from "../src/core/quality/statistics";
import type { PeerMessage } from "../src/peer/peer-channel";
import { NetworkSides } from "../src/signs/network-sides";

const fine: Sample = { sent: 500_000, soundPackets: 50, frames: 30, freezes: 0, roundTrip: 0.05 };
const losing: Partial<Sample> = { outgoingLoss: 0.1, incomingLoss: 0.1 };

class Wire {
  readonly sent: PeerMessage[] = [];
  open = false;
  hear: (message: PeerMessage) => void = () => {};
  private opened: () => void = () => {};

  send(message: PeerMessage): boolean {
    if (this.open) this.sent.push(message);
    return this.open;
  }

  listen(_type: string, take: (message: PeerMessage) => void): void {
    this.hear = take;
  }

  onOpen(opened: () => void): void {
    this.opened = opened;
  }

  becomeOpen(): void {
    this.open = true;
    this.opened();
  }
}

function side(effectiveType?: string) {
  const sides = new NetworkSides(() => effectiveType);
  const wire = new Wire();
  const pass = (seconds: number, sample: Partial<Sample> = {}) => {
    for (let second = 0; second < seconds; second++) sides.take({ ...fine, ...sample }, false);
  };
  return { sides, wire, pass };
}

const told = (busy: boolean, weak: boolean, small = false) => ({ type: "side", busy, weak, small });

describe("a page", () => {
  test("tells its side when the channel opens, and each change once", () => {
    const { sides, wire, pass } = side();
    sides.update(wire);
    pass(3);
    expect(wire.sent).toEqual([]);
    wire.becomeOpen();
    pass(10, { limitedBy: "cpu" });
    pass(20);
    expect(wire.sent).toEqual([told(false, false), told(true, false), told(false, false)]);
  });

  test("believes what the other side says of itself, and nothing that is no such message", () => {
    const { sides, wire, pass } = side();
    sides.update(wire);
    pass(10, losing);
    expect(sides.cause).toBe("network");
    for (const wrong of [{}, { busy: "x", weak: true }, { busy: null, weak: {} }])
      wire.hear({ type: "side", ...wrong });
    expect(sides.cause).toBe("network");
    wire.hear(told(false, true));
    expect(sides.cause).toBe("their_network");
  });

  test("forgets it with the next stranger", () => {
    const { sides, wire, pass } = side();
    sides.update(wire);
    wire.hear(told(true, false));
    expect(sides.cause).toBe("their_device");
    pass(10);
    sides.update(new Wire());
    expect(sides.cause).toBeUndefined();
  });

  test("that was weak with the stranger before, too, is the weak one", () => {
    const { sides, wire, pass } = side();
    const next = new Wire();
    sides.update(wire);
    pass(10, losing);
    sides.update(undefined);
    sides.update(next);
    next.becomeOpen();
    pass(10, losing);
    expect([sides.cause, next.sent]).toEqual(["my_network", [told(false, true), told(false, true, true)]]);
  });

  test("whose browser finds its network slow says so", () => {
    const { sides, wire, pass } = side("3g");
    sides.update(wire);
    wire.becomeOpen();
    pass(10, losing);
    expect([sides.cause, wire.sent]).toEqual(["my_network", [told(false, true), told(false, true, true)]]);
  });

  test("sends nothing about a call that is over", () => {
    const { sides, wire } = side();
    const next = new Wire();
    next.open = true;
    sides.update(wire);
    sides.update(next);
    wire.becomeOpen();
    expect([wire.sent, next.sent]).toEqual([[], []]);
  });
});
