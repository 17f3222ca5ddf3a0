// Takes the network that finds people out of its package, as a plan and numbers.

import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";
import { read } from "./tflite.ts";

const MODULE = "virtual:segmenter";
const IN_DEVELOPMENT = "/@segmenter/numbers.bin";
/** It takes pictures of 256 by 256 pixels, so it works for upright pictures, too. */
const FILE = new URL(
  "node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.tflite",
  import.meta.url,
);

/** The module `virtual:segmenter`: the plan, and the address of the numbers. */
export function segmenter(): Plugin {
  let serves = false;
  return {
    name: "segmenter",
    configureServer(server) {
      serves = true;
      server.middlewares.use(IN_DEVELOPMENT, (_, response) => {
        void network().then(({ numbers }) => response.end(bytesOf(numbers)));
      });
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const { plan, numbers } = await network();
      const file = { type: "asset", name: "segmenter.bin", source: bytesOf(numbers) } as const;
      const url = serves
        ? JSON.stringify(IN_DEVELOPMENT)
        : `import.meta.ROLLUP_FILE_URL_${this.emitFile(file)}`;
      return `export const plan = ${JSON.stringify(plan)};\nexport const url = ${url};`;
    },
  };
}

export async function network(): Promise<ReturnType<typeof read>> {
  return read(new Uint8Array(await readFile(FILE)));
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
