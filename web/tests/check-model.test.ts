import { expect, test } from "vitest";
import { type Backend, fastestBackend } from "../src/check/choose-backend";
import { kernelOf, type Model, softmax, weightsOf } from "../src/check/model";
import { nudityScore } from "../src/check/nudity-score";
import { stepsOf } from "../vite.model";

const quantization = { min: -1, scale: 0.5 };
const model: Model = {
  steps: [],
  weights: [
    { name: "c/kernel", shape: [1, 1, 2, 2], quantization },
    { name: "n/gamma", shape: [2], quantization },
    { name: "n/beta", shape: [2], quantization },
    { name: "n/moving_mean", shape: [2], quantization },
    { name: "n/moving_variance", shape: [2], quantization: { min: 0.999, scale: 1 } },
  ],
};
const bytes = Uint8Array.of(2, 4, 6, 8, 4, 6, 2, 4, 2, 4, 0, 3);

test("bytes become the numbers of the model", () => {
  const weights = weightsOf(model, bytes);
  expect([...(weights.get("c/kernel")?.values ?? [])]).toEqual([0, 1, 2, 3]);
  expect([...(weights.get("n/beta")?.values ?? [])]).toEqual([0, 1]);
});

test("an incomplete model is refused", () => {
  expect(() => weightsOf(model, bytes.subarray(1))).toThrow("11 bytes instead of 12");
  expect(() => kernelOf({ name: "x", kind: "conv", from: [], stride: 1 }, weightsOf(model, bytes))).toThrow(
    "x/kernel",
  );
});

test("a folded normalisation gives the same result as a separate one", () => {
  const weights = weightsOf(model, bytes);
  const { kernel, bias } = kernelOf({ name: "c", kind: "conv", from: [""], stride: 1, norm: "n" }, weights);
  const picture = [0.3, -2];
  const [gamma, beta, mean, variance] = [
    [1, 2],
    [0, 1],
    [0, 1],
    [1, 4],
  ] as const;
  for (const channel of [0, 1] as const) {
    const convolved = [0, 1].map((input) => [0, 1, 2, 3][input * 2 + channel] ?? 0);
    const before = convolved.reduce((sum, weight, input) => sum + weight * (picture[input] ?? 0), 0);
    const normal = (gamma[channel] * (before - mean[channel])) / Math.sqrt(variance[channel]) + beta[channel];
    const folded = [0, 1].reduce(
      (sum, input) => sum + (kernel.values[input * 2 + channel] ?? 0) * (picture[input] ?? 0),
      bias.values[channel] ?? 0,
    );
    expect(folded).toBeCloseTo(normal, 3);
  }
});

test("a convolution and what follows it are one step", () => {
  const layer = (name: string, class_name: string, before?: string[], config = {}) => ({
    name,
    class_name,
    config,
    inbound_nodes: before ? [before.map((one) => [one] as [string])] : [],
  });
  const steps = stepsOf([
    layer("in", "InputLayer"),
    layer("pad", "ZeroPadding2D", ["in"]),
    layer("c", "Conv2D", ["pad"], { strides: [2, 2], activation: "linear" }),
    layer("n", "BatchNormalization", ["c"]),
    layer("r", "ReLU", ["n"]),
    layer("d", "DepthwiseConv2D", ["r"], { strides: [1, 1] }),
    layer("a", "Add", ["r", "d"]),
    layer("f", "Flatten", ["a"]),
    layer("e", "Dense", ["f"], { activation: "relu" }),
  ]);
  expect(steps).toEqual([
    { name: "c", kind: "conv", from: [""], stride: 2, norm: "n", activation: "relu6" },
    { name: "d", kind: "depthwise", from: ["c"], stride: 1 },
    { name: "a", kind: "add", from: ["c", "d"], stride: 1 },
    { name: "e", kind: "dense", from: ["a"], stride: 1, activation: "relu" },
  ]);
  expect(() => stepsOf([layer("x", "LSTM", ["in"])])).toThrow("LSTM");
});

test("the probabilities add up to one", () => {
  const likely = softmax(Float32Array.of(100, 101, 102));
  expect(likely.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
  expect(likely[2]).toBeGreaterThan(likely[1] ?? 1);
});

test.each([
  [{ drawing: 1 }, 0],
  [{ neutral: 1 }, 0],
  [{ porn: 1 }, 1],
  [{ hentai: 1 }, 1],
  [{ sexy: 1 }, 0.4],
  [{ porn: 0.5, sexy: 0.5 }, 0.7],
])("%j has the nudity score %d", (said: Record<string, number>, score) => {
  const classes = ["drawing", "hentai", "neutral", "porn", "sexy"];
  expect(nudityScore(classes.map((name) => said[name] ?? 0))).toBeCloseTo(score);
});

test("the backend with the shortest run is chosen, and the other one is closed", async () => {
  let clock = 0;
  const closed: string[] = [];
  const backend = (name: string, costs: number[]): Backend => ({
    name,
    look: async () => {
      clock += costs.shift() ?? 0;
    },
    close: () => closed.push(name),
  });
  const slow = backend("slow", [1, 40, 40, 40, 40, 40]);
  const quick = backend("quick", [900, 90, 30, 200, 90, 90]);
  expect(await fastestBackend([slow, quick], () => clock)).toEqual({ backend: quick, cost: 30 });
  expect(closed).toEqual(["slow"]);
  expect(await fastestBackend([], () => clock)).toBeUndefined();
});
