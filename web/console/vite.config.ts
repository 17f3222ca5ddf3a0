import { defineConfig, loadEnv } from "vite";
import { compressed } from "../compressed.ts";

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "ZUFALL_").ZUFALL_CONSOLE ?? "http://127.0.0.1:7022";
  return {
    root: "console",
    base: "/console/",
    publicDir: "../public",
    plugins: [compressed],
    // The console's policy allows nothing inline, so nothing is inlined.
    build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, emptyOutDir: true },
    // The service admits its own origin only, so the development server speaks in its name.
    server: {
      fs: { allow: [".."] },
      proxy: { "/console/api": { target, changeOrigin: true, headers: { origin: target } } },
    },
  };
});
