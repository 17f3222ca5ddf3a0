// Registers the service worker, so that the page opens without a connection next time.

/** Registers it after the page has loaded, so that no visitor waits for it. */
export async function registerWorker(workers: ServiceWorkerContainer | undefined): Promise<void> {
  if (!workers || !import.meta.env.PROD) return; // insecure pages have none, and during development files change
  try {
    await workers.register("/sw.js");
    const { active } = await workers.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    active?.postMessage(loaded.filter(({ origin }) => origin === location.origin).map((url) => url.pathname));
  } catch (error) {
    console.info("The page will not open offline:", (error as Error).name);
  }
}
