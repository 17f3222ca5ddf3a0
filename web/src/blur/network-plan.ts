// The layers of the network that finds people, as the build takes them from its file. The numbers lie beside it.

export type Activation = "linear" | "relu" | "sigmoid" | "swish";

/** Half-precision numbers: `at` counts numbers from the start of the file. */
export interface Stored {
  shape: number[];
  at: number;
}

/** Layers name each other's results by numbers. The picture is number 0. */
export interface Layer {
  kind: "conv" | "depthwise" | "add" | "multiply" | "mean" | "resize";
  from: number[];
  to: number;
  activation: Activation;
  stride?: number;
  filter?: Stored;
  bias?: Stored;
  /** Height and width of the result of `resize`. */
  size?: [number, number];
}

/** The last layer gives four numbers for each two by two pixels: the probabilities of a person there. */
export interface Plan {
  height: number;
  width: number;
  layers: Layer[];
}

/** Returns the number that these 16 bits stand for (IEEE 754, binary16). */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
