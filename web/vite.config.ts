import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "ZUFALL_").ZUFALL_GATEWAY ?? "http://localhost:8080";
  return {
    // The gateway's policy allows nothing inline, so nothing is inlined.
    build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    // The gateway admits its own origin only, so the development server speaks in its name.
    server: {
      proxy: {
        "/api": { target, changeOrigin: true, headers: { origin: target } },
        "/ws": { target, changeOrigin: true, ws: true, headers: { origin: target } },
      },
    },
  };
});
