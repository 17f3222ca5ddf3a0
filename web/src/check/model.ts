// The structure of the model, and the numbers behind its bytes. The tensors are in `neural-network.ts`.

/** `norm` names the normalisation that follows. The input picture is the step "". */
export interface Step {
  name: string;
  kind: "conv" | "depthwise" | "add" | "mean" | "dense";
  from: string[];
  stride: number;
  norm?: string;
  activation?: "relu" | "relu6";
}

/** Each byte stands for `min + scale * byte`. */
export interface Weight {
  name: string;
  shape: number[];
  quantization: { min: number; scale: number };
}

export interface Model {
  steps: Step[];
  weights: Weight[];
}

export interface Numbers {
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

/** The parameters of the convolution `x * kernel + bias`. */
export interface Kernel {
  kernel: Numbers;
  bias: Numbers;
}

/** The epsilon of Keras, for all normalisations of this model. */
const EPSILON = 0.001;

export function weightsOf({ weights }: Model, bytes: Uint8Array): Map<string, Numbers> {
  const found = new Map<string, Numbers>();
  let start = 0;
  for (const { name, shape, quantization } of weights) {
    const { min, scale } = quantization;
    const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
    for (let place = 0; place < values.length; place++) {
      values[place] = min + scale * (bytes[start + place] ?? 0);
    }
    found.set(name, { shape, values });
    start += values.length;
  }
  if (start !== bytes.length) throw new Error(`the model has ${bytes.length} bytes instead of ${start}`);
  return found;
}

/** Returns the kernel of a step with its normalisation folded in. One operation replaces two. */
export function kernelOf({ name, kind, norm }: Step, weights: ReadonlyMap<string, Numbers>): Kernel {
  const of = (key: string) => {
    const numbers = weights.get(key);
    if (!numbers) throw new Error(`the model has no ${key}`);
    return numbers;
  };
  if (kind === "dense") {
    const { shape, values } = of(`${name}/kernel`);
    return { kernel: { shape: [1, 1, ...shape], values }, bias: of(`${name}/bias`) };
  }
  const kernel = of(kind === "conv" ? `${name}/kernel` : `${name}/depthwise_kernel`);
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(
    (part) => of(`${norm}/${part}`).values,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = gamma.map((factor, channel) => factor / Math.sqrt((variance[channel] ?? 0) + EPSILON));
  const bias = beta.map((shift, channel) => shift - (mean[channel] ?? 0) * (scale[channel] ?? 0));
  // The channel is the last dimension in both kinds.
  const values = kernel.values.map((value, place) => value * (scale[place % scale.length] ?? 0));
  return { kernel: { shape: kernel.shape, values }, bias: { shape: [bias.length], values: bias } };
}

export function softmax(numbers: Float32Array): Float32Array {
  const highest = Math.max(...numbers);
  const powers = numbers.map((number) => Math.exp(number - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
