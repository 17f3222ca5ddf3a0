// The two backends of TensorFlow.js, with only the operations that the model needs.

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm/dist/base";
import { addConfig as wasmAdd } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Add";
import { avgPoolConfig as wasmMean } from "@tensorflow/tfjs-backend-wasm/dist/kernels/AvgPool";
import { castConfig as wasmCast } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Cast";
import { fusedConv2DConfig as wasmConvolution } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D";
import { fusedDepthwiseConv2DConfig as wasmDepthwise } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D";
import binary from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url";
import "@tensorflow/tfjs-backend-webgl/dist/base";
import { addConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Add";
import { avgPoolConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/AvgPool";
import { castConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/Cast";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/FusedConv2D";
import { fusedDepthwiseConv2DConfig } from "@tensorflow/tfjs-backend-webgl/dist/kernels/FusedDepthwiseConv2D";
import { env, registerKernel, setBackend } from "@tensorflow/tfjs-core";

const WASM = [wasmConvolution, wasmDepthwise, wasmAdd, wasmMean, wasmCast];
const WEBGL = [fusedConv2DConfig, fusedDepthwiseConv2DConfig, addConfig, avgPoolConfig, castConfig];

const IMITATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

export type BackendName = "wasm" | "webgl";

export function register(): void {
  for (const kernel of [...WASM, ...WEBGL]) registerKernel(kernel);
  // Threads need a cross-origin isolated page, and hang without it.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": binary,
    "tfjs-backend-wasm-simd.wasm": binary,
    "tfjs-backend-wasm-threaded-simd.wasm": binary,
  });
}

/** Returns the backends that this device supports. */
export async function available(): Promise<BackendName[]> {
  const simd = await env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return [...(simd ? (["wasm"] as const) : []), ...(hasGraphics() ? (["webgl"] as const) : [])];
}

/** Makes this backend the current one. */
export async function use(name: BackendName): Promise<void> {
  if (!(await setBackend(name))) throw new Error(`${name} does not start`);
}

/**
 * Returns whether WebGL runs on a real graphics processor. A software renderer is much slower than
 * WebAssembly.
 */
function hasGraphics(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  const named = gl?.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  const renderer = String(gl?.getParameter(named ?? gl.RENDERER) ?? "");
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return gl !== null && !IMITATED.test(renderer);
}
