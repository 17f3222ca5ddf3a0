import { afterEach, describe, expect, test, vi } from "vitest";
import { registerWorker, reloadOnce } from "../src/register-worker";
import { memoryStore } from "./helpers";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Registers the worker of a page with this build. Returns what tells the page of a build. */
async function page(build: string) {
  vi.stubEnv("PROD", true);
  vi.stubGlobal("location", new URL("https://zufall.example/"));
  vi.stubGlobal("document", { querySelector: () => ({ content: build }) });
  const active = { postMessage: vi.fn() };
  const workers = Object.assign(new EventTarget(), {
    register: vi.fn(async () => {}),
    ready: Promise.resolve({ active }),
  });
  const onOutdated = vi.fn();
  await registerWorker(workers as unknown as ServiceWorkerContainer, memoryStore(), onOutdated);
  const tell = (build: string) => workers.dispatchEvent(new MessageEvent("message", { data: { build } }));
  return { tell, onOutdated, active, workers };
}

describe("the service worker", () => {
  test("is registered, and asked for its build", async () => {
    const { workers, active } = await page("1");
    expect(workers.register.mock.calls).toEqual([["/sw.js"]]);
    expect(active.postMessage).toHaveBeenCalledOnce();
  });

  test("with another build makes this page an outdated one", async () => {
    const { tell, onOutdated } = await page("1");
    tell("1");
    expect(onOutdated).not.toHaveBeenCalled();
    tell("2");
    expect(onOutdated).toHaveBeenCalledOnce();
  });
});

test("a tab is loaded again at once, and then only after a pause", () => {
  const tab = memoryStore();
  const reload = vi.fn();
  const minutes = (count: number) => reloadOnce(tab, Date.UTC(2026, 11) + count * 60_000, reload);
  minutes(0);
  minutes(1);
  minutes(9);
  expect(reload).toHaveBeenCalledTimes(1);
  minutes(10);
  expect(reload).toHaveBeenCalledTimes(2);
});
