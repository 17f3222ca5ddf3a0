// Lists the files that a browser fetches before the first match, for the service worker and for the size
// check.

import type { Plugin, Rolldown } from "vite";

const PAGE = "index.html";
/** These files come from `public/`, which is not part of the bundle. */
const PUBLIC = ["icon.svg", "manifest.webmanifest"];

type Bundle = Rolldown.OutputBundle;

/** Returns `file` and all built files that it imports statically. Dynamic imports are left out. */
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

/** Writes the list of files to keep into `sw.js`, and a hash of the whole page into `sw.js` and the page. */
export const shell: Plugin = {
  name: "shell",
  apply: "build",
  enforce: "post",
  async generateBundle(_, bundle) {
    const page = Object.values(bundle).find(
      (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(`/${PAGE}`),
    );
    const [worker, html] = [bundle["sw.js"], bundle[PAGE]];
    if (!page || worker?.type !== "chunk" || html?.type !== "asset")
      throw new Error("there is no page, or no service worker");
    const files = [PAGE, ...broughtBy(page.fileName, bundle)];
    const paths = ["/", ...[...files.slice(1), ...PUBLIC].map((file) => `/${file}`)];
    const build = await hashOf(files, bundle);
    const said = JSON.stringify({ build, shell: paths });
    worker.code = worker.code.replace(/["'`]__SHELL__["'`]/, () => JSON.stringify(said));
    html.source = String(html.source).replace("__BUILD__", build);
  },
};
