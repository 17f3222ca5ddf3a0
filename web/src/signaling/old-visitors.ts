// Deletes what belongs to visitors of tabs that are long gone.

import type { Store } from "../storage/local-storage";
import { EPOCH, MEMORY } from "./visitor-store";

/** A token can be renewed for a day, so no visitor goes this long without dialing. */
const FORGET_MS = 7 * 24 * 3_600_000;

export function deleteOldVisitors(store: Store, now: () => number = Date.now): void {
  for (const name of store.names()) {
    if (!name.startsWith(EPOCH)) continue;
    const visitor = name.slice(EPOCH.length);
    if (Number(store.getItem(name)) > now() - FORGET_MS) continue; // an epoch is a time in ms
    store.removeItem(name);
    store.removeItem(MEMORY + visitor);
  }
}
