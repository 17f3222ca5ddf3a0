import { describe, expect, test } from "vitest";
import { fromHalf } from "../src/blur/network-plan";
import { read } from "../tflite";
import { network } from "../vite.segmenter";

const { plan, numbers } = await network();

describe("the network in the package", () => {
  test("becomes a plan whose layers use only what is there", () => {
    expect([plan.height, plan.width]).toEqual([256, 256]);
    for (const { from, to } of plan.layers) for (const one of from) expect(one).toBeLessThan(to);
    expect(plan.layers.map(({ to }) => to)).toEqual(plan.layers.map((_, place) => place + 1));
  });

  test("begins with a convolution of three colors, and ends with four probabilities for each two by two pixels", () => {
    const [first, last] = [plan.layers[0], plan.layers.at(-1)];
    expect([first?.filter?.shape, first?.stride, first?.activation]).toEqual([[3, 3, 3, 16], 2, "swish"]);
    expect([last?.filter?.shape, last?.bias?.shape, last?.activation]).toEqual([
      [1, 1, 16, 4],
      [4],
      "sigmoid",
    ]);
  });

  test("has each number once", () => {
    const stored = plan.layers
      .flatMap(({ filter, bias }) => [filter, bias])
      .filter((one) => one !== undefined);
    const ends = stored.map(
      ({ at, shape }) => [at, at + shape.reduce((size, side) => size * side, 1)] as const,
    );
    let end = 0;
    for (const [start, until] of ends.toSorted(([one], [other]) => one - other)) {
      expect(start).toBe(end);
      end = until;
    }
    expect(end).toBe(numbers.length);
  });

  test("has weights of the size that trained networks have", () => {
    const values = [...numbers].map(fromHalf);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(100);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeGreaterThan(0.001);
  });

  test("is refused if it is something else", () => {
    expect(() => read(new Uint8Array(64))).toThrow();
  });
});

test.each([
  [0x0000, 0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])("the bits %i are the number %d", (bits, value) => {
  expect(fromHalf(bits)).toBe(value);
});
