// Finds the person in a picture: runs the network on TensorFlow.js with WebAssembly (SIMD, one thread).

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm/dist/base";
import { addConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Add";
import { avgPoolConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/AvgPool";
import { castConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Cast";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D";
import { fusedDepthwiseConv2DConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D";
import { multiplyConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Multiply";
import { relu6Config } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Relu6";
import { resizeBilinearConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/ResizeBilinear";
import binary from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url";
import {
  add,
  avgPool,
  env,
  fused,
  image,
  mul,
  registerKernel,
  relu6,
  scalar,
  setBackend,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
} from "@tensorflow/tfjs-core";
import { fromHalf, type Layer, type Plan, type Stored } from "./network-plan";

const KERNELS = [
  addConfig,
  avgPoolConfig,
  castConfig,
  fusedConv2DConfig,
  fusedDepthwiseConv2DConfig,
  multiplyConfig,
  relu6Config,
  resizeBilinearConfig,
];

/** Starts WebAssembly. It throws where that has no SIMD, because such a device is much too slow. */
export async function startBackend(): Promise<void> {
  for (const kernel of KERNELS) registerKernel(kernel);
  // Threads need a cross-origin isolated page, and hang without it.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": binary,
    "tfjs-backend-wasm-simd.wasm": binary,
    "tfjs-backend-wasm-threaded-simd.wasm": binary,
  });
  const simd = await env().getAsync("WASM_HAS_SIMD_SUPPORT");
  if (!simd || !(await setBackend("wasm"))) throw new Error("WebAssembly does not start");
}

export class PersonNetwork {
  private readonly stored = new Map<Stored, Tensor>();
  private readonly three = scalar(3);
  private readonly sixth = scalar(1 / 6);

  /** `numbers` are in half precision. */
  constructor(
    private readonly plan: Plan,
    numbers: Uint16Array,
  ) {
    for (const { filter, bias } of plan.layers) {
      for (const stored of [filter, bias]) if (stored) this.stored.set(stored, tensorOf(stored, numbers));
    }
  }

  /**
   * Takes rows of red, green and blue values from 0 to 1. Returns for each two by two pixels the probabilities that a
   * person is there: left and right above, left and right below.
   */
  async find(pixels: Float32Array): Promise<Float32Array> {
    const { height, width } = this.plan;
    const last = tidy(() => this.run(tensor4d(pixels, [1, height, width, 3])));
    const found = await last.data();
    last.dispose();
    return found as Float32Array;
  }

  private run(picture: Tensor4D): Tensor4D {
    const made = [picture];
    for (const layer of this.plan.layers) {
      const from = layer.from.map((one) => made[one]) as [Tensor4D, Tensor4D];
      made[layer.to] = this.activated(layer, this.apply(layer, from));
    }
    return made.at(-1) as Tensor4D;
  }

  private apply({ kind, size, stride, filter, bias, activation }: Layer, [x, y]: [Tensor4D, Tensor4D]) {
    if (kind === "add") return add(x, y) as Tensor4D;
    if (kind === "multiply") return mul(x, y) as Tensor4D;
    if (kind === "mean") return avgPool(x, [x.shape[1], x.shape[2]], 1, "valid");
    if (kind === "resize") return image.resizeBilinear(x, size as [number, number], false, true);
    const operation = {
      x,
      filter: this.stored.get(filter as Stored) as Tensor4D,
      bias: this.stored.get(bias as Stored) as Tensor,
      strides: stride ?? 1,
      pad: "same",
      activation: activation === "swish" ? "linear" : activation,
    } as const;
    return kind === "depthwise" ? fused.depthwiseConv2d(operation) : fused.conv2d(operation);
  }

  /** The backend has no swish of its own: x · relu6(x + 3) / 6. */
  private activated({ activation }: Layer, x: Tensor4D): Tensor4D {
    if (activation !== "swish") return x;
    return mul(x, mul(relu6(add(x, this.three)), this.sixth));
  }
}

function tensorOf({ shape, at }: Stored, numbers: Uint16Array): Tensor {
  const length = shape.reduce((size, side) => size * side, 1);
  return tensor(Float32Array.from(numbers.subarray(at, at + length), fromHalf), shape);
}
