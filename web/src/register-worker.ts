// Registers the service worker, so that the page opens without a connection next time. When the worker has a
// newer build than this page, the page is loaded again.

import { ownScript } from "./own-script";
import type { ToPage } from "./worker/service-worker";

/** While gateways are updated one after the other, builds may alternate. A tab follows them only this often. */
const PAUSE_MS = 10 * 60_000;
const STORAGE_KEY = "zufall.reloaded";

/** Registers it. `onOutdated` gets what loads the page again, and calls that when nobody is disturbed by it. */
export async function registerWorker(
  workers: ServiceWorkerContainer | undefined,
  tab: Pick<Storage, "getItem" | "setItem">,
  onOutdated: (reload: () => void) => void,
): Promise<void> {
  if (!workers || !import.meta.env.PROD) return; // insecure pages have none, and during development files change
  const ours = document.querySelector<HTMLMetaElement>("meta[name=build]")?.content;
  workers.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
    if (data.build !== ours) onOutdated(() => reloadOnce(tab, Date.now(), () => location.reload()));
  });
  try {
    await workers.register(ownScript("/sw.js"));
    const { active } = await workers.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    active?.postMessage(loaded.filter(({ origin }) => origin === location.origin).map((url) => url.pathname));
  } catch (error) {
    console.info("The page will not open offline:", (error as Error).name);
  }
}

/** Loads the page again, unless this tab did so a short while ago. */
export function reloadOnce(tab: Pick<Storage, "getItem" | "setItem">, now: number, reload: () => void): void {
  if (now - Number(tab.getItem(STORAGE_KEY) ?? 0) < PAUSE_MS) return;
  tab.setItem(STORAGE_KEY, String(now));
  reload();
}
