// Makes the page open without a connection from the next time on.

/** Loads what the visitor does not wait for, once the page has come. */
export async function registerWorker(workers: ServiceWorkerContainer | undefined): Promise<void> {
  if (!workers || !import.meta.env.PROD) return; // an insecure page has none, and what is developed changes
  try {
    await workers.register("/sw.js");
    const { active } = await workers.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    active?.postMessage(loaded.filter(({ origin }) => origin === location.origin).map((url) => url.pathname));
  } catch (error) {
    console.info("the page will not open without a connection:", (error as Error).name);
  }
}
