/// <reference types="vitest/config" />
import { defineConfig, loadEnv } from "vite";
import { compressed } from "./compressed.ts";
import { html } from "./html.ts";
import { shell } from "./shell.ts";
import { model } from "./vite.model.ts";
import { segmenter } from "./vite.segmenter.ts";

interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

const PAGE = new URL("src/main.ts", import.meta.url).pathname;

/** Returns whether the script `of` imports the module `id` statically. */
function brings(of: string, id: string, modules: Modules, known = new Set<string>()): boolean {
  if (of === id) return true;
  if (known.has(of)) return false;
  known.add(of);
  return modules.getModuleInfo(of)?.importedIds.some((next) => brings(next, id, modules, known)) ?? false;
}

/** Parts of some lines that several later parts share. A file of its own would weigh more by its headers alone. */
const SHARED = ["src/public-status.ts", "src/core/is-count.ts", "src/random-id.ts"].map(
  (path) => new URL(path, import.meta.url).pathname,
);

/** Puts the page into one file, so that a browser does not need ten. */
const fileOf = (id: string, modules: Modules) =>
  brings(PAGE, id, modules) || SHARED.includes(id) ? "page" : null;

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "ZUFALL_").ZUFALL_GATEWAY ?? "http://localhost:8080";
  return {
    plugins: [html, shell, compressed],
    // The classifier is loaded after the page: before a video call, or with it.
    worker: { format: "es", plugins: () => [model(), segmenter()] },
    // The gateway's policy forbids inline code, so nothing is inlined.
    build: {
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: ["index.html", "src/worker/sw.ts", "src/worker/sw-off.ts"],
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
