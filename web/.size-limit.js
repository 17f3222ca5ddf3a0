// What a browser fetches before the first match, compressed as gateways send it: `npm run size` after a build.
// All current browsers get Brotli. Only old ones, and those that a proxy decodes for, get gzip.

import { readdirSync, readFileSync, statSync } from "node:fs";

const RULES_LIMIT = "54 KB";
const LIMIT = "62.5 KB";
const GZIP_LIMIT = "71.5 KB";
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

/** The worker that does the work for the first token, how many people are here, and what is ready. */
const late = readdirSync("dist/assets").filter((name) =>
  /^(work-worker|public-status|readiness)-.*\.js$/.test(name),
);

const path = [...page, ...words.slice(0, 1), ...late.map((name) => `dist/assets/${name}`), "dist/sw.js"];
console.log(`counted: ${path.join(" ")}`);

/** What comes when the rules are accepted, and after that. */
const AFTER_RULES = /after-consent|readiness|sw\.js$/;
const rules = path.filter((name) => !AFTER_RULES.test(name));

export default [
  { name: "up to the rules", path: rules, limit: RULES_LIMIT },
  { name: "before the first match", path, limit: LIMIT },
  { name: "before the first match, by gzip", path, gzip: true, limit: GZIP_LIMIT },
];
