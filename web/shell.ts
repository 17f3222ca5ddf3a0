// What the browser fetches for the page before the first match: told to the service worker, and weighed.

import type { Plugin, Rolldown } from "vite";

const PAGE = "index.html";
/** From `public/`, which is no part of the bundle. */
const PUBLIC = ["icon.svg", "manifest.webmanifest"];

type Bundle = Rolldown.OutputBundle;

/** The built files that `file` brings with it, itself included: not what it imports when it is needed. */
function broughtBy(file: string, bundle: Bundle, known = new Set<string>()): Set<string> {
  const chunk = bundle[file];
  if (known.has(file) || chunk?.type !== "chunk") return known;
  known.add(file);
  for (const css of chunk.viteMetadata?.importedCss ?? []) known.add(css);
  for (const next of chunk.imports) broughtBy(next, bundle, known);
  return known;
}

async function hashOf(files: Iterable<string>, bundle: Bundle): Promise<string> {
  const contents = [...files].map((name) => bundle[name]);
  const texts = contents.map((file) => (file?.type === "chunk" ? file.code : String(file?.source)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(texts.join("\n")));
  return [...new Uint8Array(hash.slice(0, 8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Writes into `sw.js` which files it keeps, and a hash of the page with all that is built for it. */
export const shell: Plugin = {
  name: "shell",
  apply: "build",
  enforce: "post",
  async generateBundle(_, bundle) {
    const page = Object.values(bundle).find(
      (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(`/${PAGE}`),
    );
    const worker = bundle["sw.js"];
    if (!page || worker?.type !== "chunk") throw new Error("there is no page, or no service worker");
    const files = [PAGE, ...broughtBy(page.fileName, bundle)];
    const paths = ["/", ...[...files.slice(1), ...PUBLIC].map((file) => `/${file}`)];
    const said = JSON.stringify({ build: await hashOf(files, bundle), shell: paths });
    worker.code = worker.code.replace(/["'`]__SHELL__["'`]/, () => JSON.stringify(said));
  },
};
