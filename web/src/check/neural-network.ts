// Runs the model as tensors on one backend of TensorFlow.js.

import {
  add,
  avgPool,
  dispose,
  fused,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
} from "@tensorflow/tfjs-core";
import { kernelOf, type Model, type Numbers, type Step, softmax, weightsOf } from "./model";

/** Width and height of a picture in pixels. */
export const SIDE = 224;

type Tensors = { kernel: Tensor4D; bias: Tensor };

export class NeuralNetwork {
  private readonly kernels = new Map<string, Tensors>();

  /** Builds the tensors on the current backend. The same backend must be current for each run. */
  constructor(
    private readonly model: Model,
    bytes: Uint8Array,
  ) {
    const weights = weightsOf(model, bytes);
    for (const step of model.steps) {
      if (step.kind === "add" || step.kind === "mean") continue;
      const { kernel, bias } = kernelOf(step, weights);
      this.kernels.set(step.name, { kernel: tensorOf(kernel) as Tensor4D, bias: tensorOf(bias) });
    }
  }

  /**
   * Takes rows of red, green and blue values from 0 to 1. Returns the probability of each class, in the
   * model's order.
   */
  async classify(pixels: Float32Array): Promise<Float32Array> {
    const last = tidy(() => this.run(tensor4d(pixels, [1, SIDE, SIDE, 3])));
    const numbers = await last.data();
    last.dispose();
    return softmax(numbers as Float32Array);
  }

  close(): void {
    for (const tensors of this.kernels.values()) dispose(tensors);
  }

  private run(picture: Tensor4D): Tensor4D {
    const made = new Map([["", picture]]);
    let last = picture;
    for (const step of this.model.steps) {
      const [first, second] = step.from.map((name) => made.get(name)) as [Tensor4D, Tensor4D?];
      last = this.apply(step, first, second);
      made.set(step.name, last);
    }
    return last;
  }

  private apply({ name, kind, stride, activation }: Step, x: Tensor4D, other?: Tensor4D): Tensor4D {
    if (kind === "add") return add(x, other as Tensor4D);
    if (kind === "mean") return avgPool(x, [x.shape[1], x.shape[2]], 1, "valid");
    const { kernel, bias } = this.kernels.get(name) as Tensors;
    const operation = {
      x,
      filter: kernel,
      bias,
      strides: stride,
      pad: "same",
      ...(activation ? { activation } : {}),
    } as const;
    return kind === "depthwise" ? fused.depthwiseConv2d(operation) : fused.conv2d(operation);
  }
}

function tensorOf({ shape, values }: Numbers): Tensor {
  return tensor(values, shape);
}
