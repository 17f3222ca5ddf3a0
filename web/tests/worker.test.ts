import { describe, expect, test } from "vitest";
import { outdated, planFor } from "../src/worker/plan";

const ORIGIN = "https://zufall.example";
const SHELL = ["/", "/assets/index-1.js", "/icon.svg"];
const plan = (path: string, mode = "cors", method = "GET") =>
  planFor({ method, url: new URL(path, ORIGIN).href, mode }, ORIGIN, SHELL);

describe("the service worker", () => {
  test.each(["/api/config", "/api/session", "/ws", "/console/"])("leaves %s to the network", (path) => {
    expect([plan(path), plan(path, "navigate")]).toEqual(["leave", "leave"]);
  });

  test("ignores other methods and origins", () => {
    expect(plan("/", "navigate", "POST")).toBe("leave");
    expect(plan("https://elsewhere.example/assets/a.js")).toBe("leave");
  });

  test("asks the network first for the page, and never again for files with a hash", () => {
    expect(plan("/", "navigate")).toBe("network_first");
    expect(plan("/icon.svg")).toBe("network_first");
    expect(plan("/assets/index-1.js")).toBe("cache_first");
    expect(plan("/assets/loaded-later.js")).toBe("cache_first");
  });

  test("does not answer for other pages", () => {
    expect(plan("/status", "navigate")).toBe("leave");
  });

  test("keeps the previous build for open pages, and deletes older ones", () => {
    expect(outdated(["other", "z-1", "z-2", "z-3"], "z-", "z-3")).toEqual(["z-1"]);
    expect(outdated(["z-3"], "z-", "z-3")).toEqual([]);
  });

  test("keeps its own build after a rollback", () => {
    expect(outdated(["z-1", "z-2", "z-3"], "z-", "z-1")).toEqual(["z-2"]);
  });
});
