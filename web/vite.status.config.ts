import { defineConfig } from "vite";
import { compressed } from "./compressed.ts";

/** Builds the status page by itself, so that it shares no file with the page: each then needs one less. */
export default defineConfig({
  plugins: [compressed],
  publicDir: false,
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: false,
    rolldownOptions: { input: "status.html" },
  },
});
