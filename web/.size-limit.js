// What a browser fetches before the first match, compressed as gateways send it: `npm run size` after a build.

import { readdirSync, readFileSync, statSync } from "node:fs";

const LIMIT = "60 KB";
const written = /JSON\.parse\(("(?:[^"\\]|\\.)*")\)/.exec(readFileSync("dist/sw.js", "utf8"));
const { shell } = JSON.parse(JSON.parse(written[1]));
const page = shell.map((path) => (path === "/" ? "dist/index.html" : `dist${path}`));

/** Words that are loaded for one language only: a visitor has one, and the largest counts. */
const tags = readdirSync("src/language/locales").map((name) => name.replace(/\.ts$/, ""));
const words = readdirSync("dist/assets")
  .filter((name) => /\.js$/.test(name) && tags.some((tag) => name.startsWith(`${tag}-`)))
  .map((name) => `dist/assets/${name}`)
  .filter((name) => !page.includes(name))
  .sort((one, other) => statSync(other).size - statSync(one).size);

/** The worker that does the work for the first token. */
const worker = readdirSync("dist/assets").find((name) => /^work-worker-.*\.js$/.test(name));

const path = [...page, ...words.slice(0, 1), `dist/assets/${worker}`, "dist/sw.js"];
console.log(`counted: ${path.join(" ")}`);

export default [{ name: "before the first match", path, gzip: true, limit: LIMIT }];
