/// <reference types="vitest/config" />
import { defineConfig, loadEnv, type Plugin } from "vite";
import { shell } from "./shell.ts";
import { model } from "./vite.model.ts";

/** Writes a `.gz` file beside each text file, which gateways send to browsers that accept it. */
const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post", // Vite changes some files as late as this
    async handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        const text = new Blob([file.type === "chunk" ? file.code : (file.source as BlobPart)]);
        const squeezed = new Response(text.stream().pipeThrough(new CompressionStream("gzip")));
        const source = new Uint8Array(await squeezed.arrayBuffer());
        this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source });
      }
    },
  },
};

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** Returns whether the script `of` imports the module `id` statically. */
function brings(of: string, id: string, modules: Modules, known = new Set<string>()): boolean {
  if (of === id) return true;
  if (known.has(of)) return false;
  known.add(of);
  return modules.getModuleInfo(of)?.importedIds.some((next) => brings(next, id, modules, known)) ?? false;
}

const [PAGE, STATUS] = ["main.ts", "status/page.ts"].map(
  (name) => new URL(`src/${name}`, import.meta.url).pathname,
);

/** Puts all static imports of the page into two files, so that a browser does not need ten. */
function fileOf(id: string, modules: Modules): string | null {
  if (!PAGE || !STATUS || id === PAGE || !brings(PAGE, id, modules)) return null;
  return brings(STATUS, id, modules) ? "common" : "page";
}

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "ZUFALL_").ZUFALL_GATEWAY ?? "http://localhost:8080";
  return {
    plugins: [shell, compressed],
    // The classifier is loaded with the first video call.
    worker: { format: "es", plugins: () => [model()] },
    // The gateway's policy forbids inline code, so nothing is inlined.
    build: {
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: ["index.html", "status.html", "src/worker/sw.ts", "src/worker/sw-off.ts"],
        // Browsers ask for the service worker by its fixed name, and gateways for the one that removes it.
        output: {
          codeSplitting: { groups: [{ debugName: "brought", name: fileOf }] },
          entryFileNames: ({ name }) =>
            ["sw", "sw-off"].includes(name) ? "[name].js" : "assets/[name]-[hash].js",
        },
      },
    },
    // The gateway accepts only its own origin, so the development server sends that.
    server: {
      proxy: {
        "/api": { target, changeOrigin: true, headers: { origin: target } },
        "/ws": { target, changeOrigin: true, ws: true, headers: { origin: target } },
      },
    },
    // Without this, tests would read every style sheet as an empty file.
    test: { css: true },
  };
});
