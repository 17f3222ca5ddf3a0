// Two pages of one call, each with the statistics that browsers give it of the same two networks.

import { describe, expect, test } from "vitest";
import {
  causeOf,
  isSlowNetwork,
  isTroubled,
  NO_TROUBLE,
  type OwnSide,
  ownSide,
  parseOwnSide,
  type Trouble,
  WELL,
  watchTrouble,
} from "../src/core/quality/cause";
import type { Sample } from "../src/core/quality/statistics";

const fine: Sample = { sent: 500_000, soundPackets: 50, frames: 30, freezes: 0, roundTrip: 0.05 };

/** The losses of each way of one side (0…1), and how busy its device is. */
interface Side {
  up?: number;
  down?: number;
  cpu?: boolean;
}

/** What one page sees: its own way up and the other's way down, and the reverse. */
function sampleOf(mine: Side, theirs: Side): Sample {
  const through = (...losses: (number | undefined)[]) =>
    1 - losses.reduce<number>((arrives, lost) => arrives * (1 - (lost ?? 0)), 1);
  return {
    ...fine,
    outgoingLoss: through(mine.up, theirs.down),
    incomingLoss: through(theirs.up, mine.down),
    limitedBy: mine.cpu ? "cpu" : "none",
  };
}

function watched(seconds: number, sample: Partial<Sample>, small = false, before = NO_TROUBLE): Trouble {
  let trouble = before;
  for (let second = 0; second < seconds; second++)
    trouble = watchTrouble(trouble, { ...fine, ...sample }, small);
  return trouble;
}

/** Returns what both pages say after ten seconds. Each knows that its own network is weak if it was before. */
function both(mine: Side & { weak?: boolean }, theirs: Side & { weak?: boolean }) {
  const [here, there] = [watched(10, sampleOf(mine, theirs)), watched(10, sampleOf(theirs, mine))];
  const [me, they] = [ownSide(here, mine.weak ?? false), ownSide(there, theirs.weak ?? false)];
  return [causeOf(here, me, they), causeOf(there, they, me)];
}

describe("both pages name the same side", () => {
  test.each<[string, Side & { weak?: boolean }, Side & { weak?: boolean }, (string | undefined)[]]>([
    ["all well", {}, {}, [undefined, undefined]],
    ["my way up loses", { up: 0.1 }, {}, ["my_network", "their_network"]],
    ["their way up loses", {}, { up: 0.1 }, ["their_network", "my_network"]],
    ["both of my ways lose", { up: 0.1, down: 0.1 }, {}, ["network", "network"]],
    [
      "both of my ways lose, as with the stranger before",
      { up: 0.1, down: 0.1, weak: true },
      {},
      ["my_network", "their_network"],
    ],
    [
      "their browser says that its network is slow",
      {},
      { up: 0.1, down: 0.1, weak: true },
      ["their_network", "my_network"],
    ],
    ["both are known to be weak", { up: 0.1, weak: true }, { weak: true }, ["my_network", "their_network"]],
    ["my device is busy", { cpu: true }, {}, ["my_device", "their_device"]],
    ["their device is busy", {}, { cpu: true }, ["their_device", "my_device"]],
    ["a weak network, but nothing of this call is bad", { weak: true }, {}, [undefined, undefined]],
    [
      "a network that loses counts before a busy device",
      { up: 0.1, cpu: true },
      {},
      ["my_network", "their_network"],
    ],
  ])("%s", (_, mine, theirs, said) => {
    expect(both(mine, theirs)).toEqual(said);
  });
});

test("an older page says nothing of its side, and the losses alone decide", () => {
  const trouble = watched(10, { outgoingLoss: 0.1 });
  expect(causeOf(trouble, ownSide(trouble, false))).toBe("my_network");
});

test.each<[string, Partial<Sample>, boolean, keyof Trouble]>([
  ["a picture that had to become small is trouble in sending", {}, true, "sending"],
  ["sound without a picture is trouble in receiving", { frames: 0 }, false, "receiving"],
  ["a long way is trouble of its own", { roundTrip: 0.6 }, false, "slow"],
])("%s", (_, sample, small, name) => {
  const trouble = watched(10, sample, small);
  expect(isTroubled(trouble)).toBe(true);
  expect(Object.entries(trouble).filter(([, share]) => share > 0.4)).toEqual([[name, trouble[name]]]);
});

test("a long way may be on either side", () => {
  const trouble = watched(10, { roundTrip: 0.6 });
  expect(causeOf(trouble, ownSide(trouble, false))).toBe("network");
});

test("a picture that is small because the device is busy is no trouble of the network", () => {
  expect(isTroubled(watched(10, { limitedBy: "cpu" }, true))).toBe(false);
});

test("a picture that became small without any loss is told to the other page, and both name the same side", () => {
  const [here, there] = [watched(10, {}, true), watched(10, {})];
  const [me, they] = [ownSide(here, false), ownSide(there, false)];
  expect([causeOf(here, me, they), causeOf(there, they, me)]).toEqual(["my_network", "their_network"]);
});

test("a picture that freezes without a loss is nobody's network", () => {
  const trouble = watched(10, { freezes: 1 });
  expect(causeOf(trouble, ownSide(trouble, false), WELL)).toBeUndefined();
});

test("one or two bad seconds are chance, three are not, and some good ones end it", () => {
  expect(isTroubled(watched(2, { outgoingLoss: 0.2 }))).toBe(false);
  const bad = watched(3, { outgoingLoss: 0.2 });
  expect(isTroubled(bad)).toBe(true);
  expect(isTroubled(watched(8, {}, false, bad))).toBe(false);
});

test("a stranger who is gone is no bad network", () => {
  expect(isTroubled(watched(20, { frames: 0, soundPackets: 0 }))).toBe(false);
});

const said: OwnSide = { busy: true, weak: false, small: false };

test.each<[string, Record<string, unknown>, OwnSide | undefined]>([
  ["what a page says", { ...said }, said],
  ["fields of a newer page", { ...said, more: "x".repeat(1_000) }, said],
  ["words for a choice", { ...said, busy: "yes" }, undefined],
  ["numbers for a choice", { busy: 1, weak: 0, small: 0 }, undefined],
  ["half of it", { busy: true, weak: true }, undefined],
  ["nothing", {}, undefined],
])("reads %s", (_, message, read) => {
  expect(parseOwnSide(message)).toEqual(read);
});

test.each([
  ["4g", false],
  ["3g", true],
  ["2g", true],
  ["slow-2g", true],
  [undefined, false],
])("the network %s is slow: %s", (type, slow) => {
  expect(isSlowNetwork(type)).toBe(slow);
});
