import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { risingEmoji } from "../src/core/together/applause";
import { Applause, clapping } from "../src/together/applause";

describe("an applause", () => {
  test("is several hands, and one where motion is reduced", () => {
    expect(risingEmoji(["👏"], false)).toEqual(["👏", "👏", "👏", "👏"]);
    expect(risingEmoji(["👏"], true)).toEqual(["👏"]);
    expect(risingEmoji(["👏", "🎉"], false)).toEqual(["👏", "🎉"]);
    expect(risingEmoji(["🎉"], false)).toEqual(["🎉"]);
  });
});

describe("its sound", () => {
  const remote = { muted: false, volume: 0.5, srcObject: {} as object | null };
  let applause: Applause;
  let started: number[];
  let state: string;
  let clock: number;

  class Node {
    readonly gain: number | undefined;
    constructor(_: unknown, options: { gain?: number } = {}) {
      this.gain = options.gain;
    }
    connect = (next: Node) => {
      if (next instanceof Node && next.gain !== undefined) gains.push(next.gain);
      return next;
    };
    start = () => started.push(clock);
  }
  let gains: number[];

  beforeEach(() => {
    applause = new Applause();
    [started, gains, state, clock] = [[], [], "running", 10_000];
    Object.assign(remote, { muted: false, volume: 0.5, srcObject: {}, sinkId: "" });
    vi.stubGlobal("document", { getElementById: () => remote });
    vi.stubGlobal("performance", { now: () => clock });
    for (const name of ["AudioBufferSourceNode", "BiquadFilterNode", "GainNode"]) vi.stubGlobal(name, Node);
    class Context {
      sampleRate = 8_000;
      destination = {};
      resume = async () => {};
      get state() {
        return state;
      }
      createBuffer = () => ({ copyToChannel: () => {} });
    }
    vi.stubGlobal("AudioContext", Context);
  });
  afterEach(() => void vi.unstubAllGlobals());

  const play = () => applause.play();

  test("is quiet, and as loud as the stranger is", async () => {
    await play();
    expect(started).toHaveLength(1);
    expect(gains).toEqual([0.06]);
  });

  test("comes at most once in two seconds", async () => {
    for (; clock < 14_000; clock += 100) await play();
    expect(started).toEqual([10_000, 12_000]);
  });

  test("is not heard from a stranger who is muted, in a text chat, or where the browser allows none", async () => {
    remote.muted = true;
    await play();
    Object.assign(remote, { muted: false, srcObject: null });
    await play();
    Object.assign(remote, { srcObject: {} });
    state = "suspended";
    await play();
    expect(started).toEqual([]);
  });

  test("is not heard from another speaker than the stranger", async () => {
    Object.assign(remote, { sinkId: "headphones" });
    await play();
    expect(started).toEqual([]);
  });

  test("is short, begins at once and fades", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const samples = clapping(8_000, random);
    expect(samples).toHaveLength(12_800);
    const loud = (from: number, to: number) =>
      samples.slice(from, to).reduce((sum, sample) => sum + sample * sample, 0);
    expect(loud(0, 3_200)).toBeGreaterThan(4 * loud(9_600, 12_800));
    expect(Math.max(...samples.map(Math.abs))).toBeLessThanOrEqual(1);
  });
});
