import { describe, expect, test } from "vitest";
import { adapt, initialState, type LadderState, MAX_PENALTY_MS } from "../src/core/quality/adaptation";
import { CLEAR, encodingOf, type Ladder, SIGNING } from "../src/core/quality/ladder";
import type { Sample } from "../src/core/quality/statistics";

const SOUND = 45_000;
const fine: Sample = { sent: 500_000, soundPackets: 50, frames: 30, freezes: 0, roundTrip: 0.05 };

/** Simulates a network with `capacity` bits per second, and an estimate that follows what is sent. */
function network(capacity: (second: number) => number, { estimates = true, appetite = 1 } = {}) {
  let estimate = 300_000;
  let crowdedAt = Number.NEGATIVE_INFINITY;
  return (quality: LadderState, ladder: Ladder, second: number): Sample => {
    const wanted = (ladder[quality.rung]?.bitrate ?? 0) * appetite;
    const passes = capacity(second);
    const target = estimates ? Math.min(wanted, Math.max(0, estimate - SOUND)) : wanted;
    const sent = SOUND + target;
    const lost = Math.max(0, (sent - passes) / sent);
    if (lost > 0.02) crowdedAt = second;
    // Near an earlier failure, the estimate rises slowly.
    const growth = second - crowdedAt < 20 ? 1.08 : 1.5;
    estimate =
      lost > 0.02 ? passes * 0.85 : Math.max(estimate, Math.min(estimate * growth, sent * 1.5 + 60_000));
    return {
      sent,
      available: estimates ? estimate : undefined,
      roundTrip: 0.05 + (lost > 0 ? 0.4 : 0),
      outgoingLoss: lost,
      soundPackets: 50,
      frames: 30,
      freezes: 0,
    };
  };
}

/** Returns the rung of each second. */
function run(sample: ReturnType<typeof network>, seconds: number, ladder: Ladder = CLEAR): number[] {
  let quality = initialState(0);
  return Array.from({ length: seconds }, (_, second) => {
    quality = adapt(quality, sample(quality, ladder, second), ladder, second * 1000);
    return quality.rung;
  });
}

const changes = (rungs: number[]) => rungs.filter((rung, second) => second > 0 && rung !== rungs[second - 1]);

describe("on a good network", () => {
  test("the best rung is used from the first second", () => {
    expect(
      new Set(
        run(
          network(() => 5_000_000),
          120,
        ),
      ),
    ).toEqual(new Set([0]));
  });

  test("the best rung is used even if the picture needs little", () => {
    expect(
      new Set(
        run(
          network(() => 5_000_000, { appetite: 0.1 }),
          120,
        ),
      ),
    ).toEqual(new Set([0]));
  });

  test("one lost report changes nothing", () => {
    let quality = initialState(0);
    for (let second = 0; second < 30; second++) {
      const sample = { ...fine, outgoingLoss: second % 5 === 0 ? 0.2 : 0 };
      quality = adapt(quality, sample, CLEAR, second * 1000);
    }
    expect(quality.rung).toBe(0);
  });
});

describe.each([
  ["with an estimate", true],
  ["without one, as in Firefox", false],
])("on a network that drops and recovers, %s", (_, estimates) => {
  const falls = (second: number) => (second >= 30 && second < 90 ? 120_000 : 4_000_000);
  const rungs = run(network(falls, { estimates }), 240);

  test("the picture gets less sharp within seconds", () => {
    expect(rungs[29]).toBe(0);
    expect(rungs[estimates ? 36 : 45]).toBeGreaterThanOrEqual(4);
  });

  test("the picture is back within 90 seconds, one rung at a time", () => {
    expect(rungs[91]).toBeGreaterThanOrEqual(3);
    expect(rungs.slice(180).every((rung) => rung === 0)).toBe(true);
    for (let second = 92; second < 240; second++) {
      expect((rungs[second - 1] ?? 0) - (rungs[second] ?? 0)).toBeLessThanOrEqual(1);
    }
  });
});

test.each([60_000, 150_000, 300_000, 700_000, 1_200_000])(
  "at a constant %i bits per second, the rung changes less and less often",
  (capacity) => {
    for (const estimates of [true, false]) {
      const rungs = run(
        network(() => capacity, { estimates }),
        600,
      );
      expect(changes(rungs.slice(0, 120)).length).toBeLessThanOrEqual(16);
      // At most one failed step up per minute, and its step back.
      expect(changes(rungs.slice(300)).length).toBeLessThanOrEqual(2 * 5 + 2);
      const held = rungs.slice(300);
      expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(2);
    }
  },
);

test("with almost no bandwidth there is only sound, and the picture comes back by itself", () => {
  const rungs = run(
    network((second) => (second < 60 ? 50_000 : 4_000_000)),
    220,
  );
  expect(rungs[20]).toBe(CLEAR.length - 1);
  expect(encodingOf(CLEAR[CLEAR.length - 1] ?? CLEAR[0], 720)).toMatchObject({ paused: true });
  expect(rungs.slice(130).every((rung) => rung < CLEAR.length - 1)).toBe(true);
  expect(rungs[219]).toBe(0);
});

test.each([
  [0, 2],
  [3, 4],
  [4, 5],
  [5, 5],
])(
  "a heavy loss on rung %i leads to rung %i at once, and drops the picture only from the last rung with one",
  (from, to) => {
    const quality = adapt({ ...initialState(0), rung: from }, { ...fine, outgoingLoss: 0.4 }, CLEAR, 5_000);
    expect(quality.rung).toBe(to);
  },
);

test("an overloaded device steps down one rung, but not after a single hard second", () => {
  let quality = initialState(0);
  const second = (at: number, limitedBy: string) => {
    quality = adapt(quality, { ...fine, limitedBy }, CLEAR, at * 1000);
    return quality.rung;
  };
  expect([1, 2, 3, 4].map((at) => second(at, "cpu"))).toEqual([0, 0, 0, 0]);
  expect(second(5, "none")).toBe(0);
  expect([6, 7, 8, 9, 10].map((at) => second(at, "cpu"))).toEqual([0, 0, 0, 0, 1]);
});

test("the time before the next try grows up to a limit", () => {
  let quality: LadderState = { ...initialState(0), rung: 3 };
  for (let now = 0; now < 3_600_000; now += 1_000) {
    const outgoingLoss = quality.climbed ? 0.5 : 0;
    quality = adapt(quality, { ...fine, outgoingLoss }, CLEAR, now);
  }
  expect(quality.penalty).toBe(MAX_PENALTY_MS);
  expect(quality.rung).toBeGreaterThanOrEqual(3);
});

test("the rung is always one of the ladder", () => {
  let quality = initialState(0);
  let chance = 7;
  const random = () => {
    chance = (chance * 16_807) % 2_147_483_647;
    return chance / 2_147_483_647;
  };
  for (let second = 0; second < 5_000; second++) {
    const sample = { ...fine, outgoingLoss: random() ** 3, available: random() * 3e6, roundTrip: random() };
    quality = adapt(quality, sample, CLEAR, second * 1000);
    expect(CLEAR[quality.rung]).toBeDefined();
  }
});

describe("the ladder for signing", () => {
  test("every rung favours motion and has a picture", () => {
    expect(SIGNING.every(({ framerate, bitrate, motion }) => framerate >= 20 && bitrate > 0 && motion)).toBe(
      true,
    );
    const rungs = run(
      network(() => 50_000),
      60,
      SIGNING,
    );
    expect(encodingOf(SIGNING[rungs[59] ?? 0] ?? SIGNING[0], 720)).toMatchObject({
      scaleDownBy: 5,
      maxFramerate: 20,
      motion: true,
    });
  });
});

test.each([
  [720, 0, 1],
  [720, 2, 2],
  [480, 0, 1],
  [1080, 1, 2],
  [0, 0, 1],
])("a picture of %i lines on rung %i is scaled down %i times", (height, rung, times) => {
  expect(encodingOf(CLEAR[rung] ?? CLEAR[0], height).scaleDownBy).toBe(times);
});
