// The service worker of an installation that keeps nothing in browsers (`ZUFALL_SERVICE_WORKER=off`). It takes
// the place of the other one, deletes what that kept, and unregisters itself.

import type { ServiceWorkerScope } from "./service-worker";

const worker = self as unknown as ServiceWorkerScope;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(clear()));

async function clear(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.registration.unregister();
  // Pages that may have come from a cache are loaded again. The new ones find no cache, so it ends.
  if (names.length === 0) return;
  for (const page of await worker.clients.matchAll({ type: "window" })) void page.navigate(page.url);
}
