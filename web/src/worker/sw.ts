// The service worker: it keeps the files of this build, so that the page opens without a connection. It
// ignores requests to /api, /ws and the console.

import { outdated, planFor } from "./plan";
import type { ServiceWorkerScope } from "./service-worker";

const PREFIX = "zufall-shell-";
/** How long to wait for the newest page before the kept one is used. */
const TIMEOUT_MS = 3_000;
/** The build writes the hash of its files, and their paths. */
const { build, shell } = JSON.parse("__SHELL__") as { build: string; shell: string[] };
const kept = PREFIX + build;
const worker = self as unknown as ServiceWorkerScope;

worker.addEventListener("install", (event) => {
  event.waitUntil(keep(shell).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([tidy(), tellPages()]));
});

/** The page names the other files that it has loaded, such as the texts of its language. */
worker.addEventListener("message", (event) => {
  const paths = event.data as string[];
  event.source?.postMessage({ build });
  event.waitUntil(keep(paths.filter((path) => path.startsWith("/assets/") && !shell.includes(path))));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const plan = planFor(request, location.origin, shell);
  if (plan === "cache_first")
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  if (plan === "network_first") event.respondWith(newest(request));
});

/** On Android, notifications of the page are shown here. A press on one shows the page. */
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(worker.clients.matchAll({ type: "window" }).then(([page]) => page?.focus()));
});

async function keep(paths: string[]): Promise<void> {
  await (await caches.open(kept)).addAll(paths);
}

async function tidy(): Promise<void> {
  const old = outdated(await caches.keys(), PREFIX, kept);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Tells open pages which build is here now, so that older ones are loaded again. */
async function tellPages(): Promise<void> {
  for (const page of await worker.clients.matchAll({ type: "window" })) page.postMessage({ build });
}

/** Returns the answer of the network, or the kept one if the network fails or is slow. */
async function newest(request: Request): Promise<Response> {
  const found = await (await caches.open(kept)).match(new URL(request.url).pathname);
  if (!found) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(found), TIMEOUT_MS));
  const asked = fetch(request).then(
    (answer) => (answer.status < 500 ? answer : found),
    () => found, // no connection
  );
  return Promise.race([asked, late]);
}
