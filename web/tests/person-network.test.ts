import { describe, expect, test } from "vitest";
import { fromHalf } from "../src/blur/network-plan";
import { read } from "../tflite";
import { network } from "../vite.segmenter";
import { runPlain } from "./plain-network";

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

/** A face with hair, neck and shoulders, in plain colors: rows of red, green and blue from 0 to 1. */
function drawing(): Float32Array {
  const pixels = new Float32Array(256 * 256 * 3).fill(0.85);
  type Color = [number, number, number];
  const fill = (color: Color, inside: (x: number, y: number) => boolean) => {
    for (let y = 0; y < 256; y++)
      for (let x = 0; x < 256; x++) if (inside(x, y)) pixels.set(color, 3 * (256 * y + x));
  };
  const oval = (x: number, y: number, across: number, down: number, color: Color) =>
    fill(color, (z, w) => ((z - x) / across) ** 2 + ((w - y) / down) ** 2 < 1);
  fill([0.15, 0.25, 0.55], (x, y) => y > 180 && Math.abs(x - 128) < 90 + (y - 180) * 0.3);
  oval(128, 85, 52, 62, [0.2, 0.12, 0.08]);
  oval(128, 105, 40, 52, [0.88, 0.66, 0.52]);
  oval(128, 175, 22, 30, [0.84, 0.62, 0.48]);
  oval(112, 98, 6, 4, [0.1, 0.1, 0.1]);
  oval(144, 98, 6, 4, [0.1, 0.1, 0.1]);
  oval(128, 130, 14, 4, [0.7, 0.25, 0.25]);
  oval(128, 114, 4, 8, [0.78, 0.55, 0.42]);
  return pixels;
}

test("a drawn person is found as TensorFlow Lite 2.3 finds it", () => {
  const { values } = runPlain(plan, numbers, drawing());
  const at = (x: number, y: number) =>
    values[4 * ((y >> 1) * 128 + (x >> 1)) + 2 * (y & 1) + (x & 1)] as number;
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.40711, 2);
  const places = [
    [10, 10, 0],
    [128, 105, 1],
    [30, 95, 0],
    [128, 60, 1],
    [128, 220, 1],
    [60, 220, 0.9989],
    [20, 240, 0.3737],
    [165, 150, 0],
  ] as const;
  for (const [x, y, person] of places) expect(at(x, y)).toBeCloseTo(person, 1);
});
