// Lists the files that a browser fetches before the first match, for the service worker and for the size
// check.

import type { Plugin, Rolldown } from "vite";

const PAGE = "index.html";
/** The page loads it when the rules are accepted, and registers the service worker after that. */
const AFTER_CONSENT = /^assets\/after-consent-.*\.(?:js|css)$/;
/** These files come from `public/`, which is not part of the bundle. */
const PUBLIC = ["icon.svg", "manifest.webmanifest"];

type Bundle = Rolldown.OutputBundle;

/** Returns the scripts and styles that the page names. Vite names all that its script imports statically. */
function namedBy(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? "");
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
    const [worker, html] = [bundle["sw.js"], bundle[PAGE]];
    if (worker?.type !== "chunk" || html?.type !== "asset")
      throw new Error("there is no page, or no service worker");
    const later = Object.keys(bundle).filter((name) => AFTER_CONSENT.test(name));
    const files = [PAGE, ...namedBy(String(html.source)), ...later];
    const paths = ["/", ...[...files.slice(1), ...PUBLIC].map((file) => `/${file}`)];
    const build = await hashOf(files, bundle);
    const said = JSON.stringify({ build, shell: paths });
    worker.code = worker.code.replace(/["'`]__SHELL__["'`]/, () => JSON.stringify(said));
    html.source = String(html.source).replace("__BUILD__", build);
  },
};
