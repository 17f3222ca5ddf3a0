// Compresses all built files as well as possible, so that servers need not do it for each answer.

import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

/** The weights of the model gain only 2 % by Brotli, which would take some seconds of each build. */
const GZIP_ONLY = /\.bin$/;

/** Writes a `.br` and a `.gz` file beside each file. Servers send the first of them that a browser accepts. */
export const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post", // Vite changes some files as late as this
    async handler(_, bundle) {
      const files = Object.values(bundle);
      const emit = async (fileName: string, source: Promise<Uint8Array>) =>
        this.emitFile({ type: "asset", fileName, source: await source });
      await Promise.all(
        files.flatMap((file) => {
          const bytes = bytesOf(file);
          const name = file.fileName;
          const zipped = emit(`${name}.gz`, gzipped(bytes));
          return GZIP_ONLY.test(name) ? [zipped] : [zipped, emit(`${name}.br`, brotlied(bytes))];
        }),
      );
    },
  },
};

function bytesOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): Uint8Array {
  const content = file.type === "chunk" ? file.code : file.source;
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    gzip(bytes, { level: 9 }, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

/** Compresses by Brotli. The best quality, 11, is Node's default. */
function brotlied(bytes: Uint8Array): Promise<Uint8Array> {
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return new Promise((resolve, reject) =>
    brotliCompress(bytes, { params }, (error, result) => (error ? reject(error) : resolve(result))),
  );
}
