import { defineConfig, loadEnv, type Plugin } from "vite";
import { shell } from "./shell.ts";
import { model } from "./vite.model.ts";

/** Each text file once more with `.gz` behind its name: gateways send that to those who take it. */
const compressed: Plugin = {
  name: "compressed",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post", // Vite itself changes what loads more, as late as here
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

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "ZUFALL_").ZUFALL_GATEWAY ?? "http://localhost:8080";
  return {
    plugins: [shell, compressed],
    // The classifier is loaded when somebody is met.
    worker: { format: "es", plugins: () => [model()] },
    // The gateway's policy allows nothing inline, so nothing is inlined.
    build: {
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: ["index.html", "status.html", "src/worker/sw.ts"],
        // Browsers ask for the service worker by its name, whatever its content.
        output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
      },
    },
    // The gateway admits its own origin only, so the development server speaks in its name.
    server: {
      proxy: {
        "/api": { target, changeOrigin: true, headers: { origin: target } },
        "/ws": { target, changeOrigin: true, ws: true, headers: { origin: target } },
      },
    },
  };
});
