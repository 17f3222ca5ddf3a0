// Says why a call is not good, and on whose side, as far as two pages can know it. Pure.
//
// A page sees what it loses of the stranger's sound and picture, and the stranger's browser reports what it loses of
// ours. Each page also tells the other when its picture had to become small. If only what we send is bad, our connection is probably the weak one: at most homes the way up is narrower than
// the way down. If both ways are bad, it may be either side. Then it counts what each page knows of its own side alone:
// what its browser says of its network, and whether its call with another stranger just before was bad, too.

import type { Sample } from "./statistics";

export type Cause = "my_device" | "their_device" | "my_network" | "their_network" | "network";

/** What a page knows of its own side, and tells the other. */
export interface OwnSide {
  /** The device is too busy to encode its picture. */
  busy: boolean;
  /** The network is weak, whoever is at the other end. */
  weak: boolean;
  /** On the way to the stranger the network allows only a small picture, or much is lost. */
  small: boolean;
}

export const WELL: OwnSide = { busy: false, weak: false, small: false };

/** Shares (0…1) of the last seconds in which each was bad. */
export interface Trouble {
  /** Much of what I send is lost, or the network allows only a small picture of mine. */
  sending: number;
  /** Much of what the stranger sends is lost, or there is sound without a picture. */
  receiving: number;
  /** Packets take long, in either direction. */
  slow: number;
  busy: number;
}

export const NO_TROUBLE: Trouble = { sending: 0, receiving: 0, slow: 0, busy: 0 };

/** The weight of a new second: after five bad ones in a row, about three quarters count as bad. */
const WEIGHT = 0.25;
/** From this share on, it is no chance. */
const OFTEN = 0.45;
const LOSS = 0.04;
/** Round trip in seconds. */
const SLOW = 0.4;

/**
 * Takes a sample about once a second. `small`: the network allows only a smaller picture of mine than a good call
 * has.
 */
export function watchTrouble(before: Trouble, sample: Sample, small: boolean): Trouble {
  const { outgoingLoss = 0, incomingLoss = 0, roundTrip = 0, limitedBy, frames } = sample;
  const busy = limitedBy === "cpu";
  const noPicture = frames === 0 && sample.soundPackets > 0;
  const now = {
    sending: outgoingLoss >= LOSS || (small && !busy),
    // A picture that freezes without a loss may also wait for a busy device, on either side.
    receiving: incomingLoss >= LOSS || noPicture,
    slow: roundTrip >= SLOW,
    busy,
  };
  const share = (name: keyof Trouble) => before[name] * (1 - WEIGHT) + (now[name] ? WEIGHT : 0);
  return {
    sending: share("sending"),
    receiving: share("receiving"),
    slow: share("slow"),
    busy: share("busy"),
  };
}

/** Returns whether the network, and not only the device, was bad lately. */
export function isTroubled({ sending, receiving, slow }: Trouble): boolean {
  return Math.max(sending, receiving, slow) >= OFTEN;
}

/** Returns what this page knows of its own side. `weak`: it knows its network to be weak. */
export function ownSide({ sending, busy }: Trouble, weak: boolean): OwnSide {
  return { busy: busy >= OFTEN, weak, small: sending >= OFTEN };
}

/** Returns undefined if nothing is bad. An older page says nothing of its side, which counts as well. */
export function causeOf(trouble: Trouble, mine: OwnSide, theirs: OwnSide = WELL): Cause | undefined {
  if (isTroubled(trouble) || theirs.small) return networkOf(trouble, mine, theirs);
  if (mine.busy) return "my_device";
  return theirs.busy ? "their_device" : undefined;
}

function networkOf({ receiving }: Trouble, mine: OwnSide, theirs: OwnSide): Cause {
  if (mine.weak !== theirs.weak) return mine.weak ? "my_network" : "their_network";
  const [up, down] = [mine.small, receiving >= OFTEN || theirs.small];
  if (up === down) return "network";
  return up ? "my_network" : "their_network";
}

/** Reads what the stranger's page says. Returns undefined for anything else that it may send. */
export function parseOwnSide({ busy, weak, small }: Record<string, unknown>): OwnSide | undefined {
  const valid = typeof busy === "boolean" && typeof weak === "boolean" && typeof small === "boolean";
  return valid ? { busy, weak, small } : undefined;
}

/** Returns whether the browser itself finds its network slow. Chromium estimates it from all that it loads. */
export function isSlowNetwork(effectiveType: string | undefined): boolean {
  return effectiveType === "slow-2g" || effectiveType === "2g" || effectiveType === "3g";
}
