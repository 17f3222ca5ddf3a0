import { describe, expect, test } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const inCore = Object.keys(sources).filter((path) => path.startsWith("../src/core/"));

/** The types and limits of frames and of the HTTP API. */
const PROTOCOL = ["../src/messages.generated.ts", "../src/http.generated.ts"];
/** Matches I/O, clocks, randomness, storage and dynamic imports. */
const OUTSIDE =
  /\b(document|window|navigator|location|localStorage|sessionStorage|indexedDB|crypto|fetch|WebSocket|setTimeout|setInterval|performance|console)\s*[.(]|\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bimport\(/;

/** Returns the files that `path` imports, including types. */
function importsOf(path: string, text: string): string[] {
  const names = [...text.matchAll(/^(?:import|export)\b(?:[^;"]*\bfrom)?\s*"([^"]+)";/gm)].map(
    ([, name]) => name as string,
  );
  return names.map((name) => {
    const base = new URL(`http://x/a/${path.replace("../", "")}`);
    return name.startsWith(".") ? `..${new URL(name, base).pathname.replace("/a", "")}.ts` : name;
  });
}

function problemsOf(path: string, text: string): string[] {
  const code = text.replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, "");
  const foreign = importsOf(path, text).filter((name) => !inCore.includes(name) && !PROTOCOL.includes(name));
  const used = code.match(OUTSIDE)?.[0];
  return [...foreign.map((name) => `${path} imports ${name}`), ...(used ? [`${path} uses ${used}`] : [])];
}

describe("the core", () => {
  test("has all of its parts", () => {
    const names = [
      "call",
      "call/send-buffer",
      "call/rewind",
      "call/search-hints",
      "curtain",
      "quality/adaptation",
      "reconnect",
    ];
    for (const name of names) expect(inCore).toContain(`../src/core/${name}.ts`);
  });

  test.each(inCore)("%s imports only the protocol and the core", (path) => {
    expect(problemsOf(path, sources[path] ?? "")).toEqual([]);
  });

  test.each(PROTOCOL)("imports nothing else through %s", (path) => {
    const imported = importsOf(path, sources[path] as string);
    expect(imported.filter((name) => !PROTOCOL.includes(name))).toEqual([]);
  });
});

test.each([
  ['import { byId } from "../view/dom";', "imports ../src/view/dom.ts"],
  ['import type { LocalMedia } from "../devices/media";', "imports ../src/devices/media.ts"],
  ['import {\n  byId,\n} from "../view/dom";', "imports ../src/view/dom.ts"],
  ['export { byId } from "../view/dom";', "imports ../src/view/dom.ts"],
  ['import "../main";', "imports ../src/main.ts"],
  ['import nsfwjs from "nsfwjs";', "imports nsfwjs"],
  ["setTimeout(() => {}, 1);", "uses setTimeout("],
  ["const now = Date.now();", "uses Date.now"],
  ['const late = await import("../in-call");', "uses import("],
])("may not contain %j", (text, problem) => {
  expect(problemsOf("../src/core/part.ts", text)).toEqual([`../src/core/part.ts ${problem}`]);
});
