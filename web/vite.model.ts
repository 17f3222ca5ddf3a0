// Takes the model of nsfwjs out of its scripts, as bytes and a plan.

import type { Plugin } from "vite";
import type { Model, Step } from "./src/check/model";

const MODULE = "virtual:model";
const IN_DEVELOPMENT = "/@model/weights.bin";
const FOLDER = new URL("node_modules/nsfwjs/dist/models/mobilenet_v2/", import.meta.url);

interface Layer {
  name: string;
  class_name: string;
  config: { strides?: [number, number]; activation?: string };
  inbound_nodes: [string, ...unknown[]][][];
}

interface Shipped {
  modelTopology: { model_config: { config: { layers: Layer[] } } };
  weightsManifest: { weights: Model["weights"] }[];
}

/** The module `virtual:model`: the model, and the address of its bytes. */
export function model(): Plugin {
  let serves = false;
  return {
    name: "model",
    configureServer(server) {
      serves = true;
      server.middlewares.use(IN_DEVELOPMENT, (_, response) => {
        void weights().then((bytes) => response.end(bytes));
      });
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const bytes = { type: "asset", name: "weights.bin", source: await weights() } as const;
      const url = serves
        ? JSON.stringify(IN_DEVELOPMENT)
        : `import.meta.ROLLUP_FILE_URL_${this.emitFile(bytes)}`;
      return `export const model = ${JSON.stringify(await planned())};\nexport const url = ${url};`;
    },
  };
}

async function shipped<T>(file: string): Promise<T> {
  return ((await import(new URL(file, FOLDER).href)) as { default: T }).default;
}

async function weights(): Promise<Uint8Array> {
  const base64 = await shipped<string>("group1-shard1of1.min.js");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function planned(): Promise<Model> {
  const { modelTopology, weightsManifest } = await shipped<Shipped>("model.min.js");
  return {
    steps: stepsOf(modelTopology.model_config.config.layers),
    weights: weightsManifest.flatMap((group) => group.weights),
  };
}

/** Merges each convolution with its normalisation and activation. Padding belongs to its stride. */
export function stepsOf(layers: readonly Layer[]): Step[] {
  const steps = new Map<string, Step>();
  const ends = new Map<string, string>(); // by layer: the step that it ends
  for (const { name, class_name, config, inbound_nodes } of layers) {
    const from = (inbound_nodes[0] ?? []).map(([before]) => ends.get(before) ?? "");
    const before = steps.get(from[0] ?? "");
    ends.set(name, from[0] ?? "");
    switch (class_name) {
      case "BatchNormalization":
        if (before) before.norm = name;
        break;
      case "ReLU":
        if (before) before.activation = "relu6";
        break;
      case "InputLayer":
      case "ZeroPadding2D":
      case "Flatten":
      case "Dropout":
        break;
      default:
        ends.set(name, name);
        steps.set(name, { name, kind: kindOf(class_name), from, stride: config.strides?.[0] ?? 1 });
        if (config.activation === "relu") Object.assign(steps.get(name) ?? {}, { activation: "relu" });
    }
  }
  return [...steps.values()];
}

function kindOf(layer: string): Step["kind"] {
  const kinds: Record<string, Step["kind"]> = {
    Conv2D: "conv",
    DepthwiseConv2D: "depthwise",
    Add: "add",
    AveragePooling2D: "mean",
    Dense: "dense",
  };
  const kind = kinds[layer];
  if (!kind) throw new Error(`the model has a layer that is not known: ${layer}`);
  return kind;
}
