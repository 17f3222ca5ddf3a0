// Keeps in this browser how the visitor wants to be called when somebody comes.

import { type ArrivalSettings, parseArrival } from "../core/arrival";
import { parseObject } from "../storage/json-guards";

const STORAGE_KEY = "zufall.arrival";

export class ArrivalStore {
  constructor(private readonly store: Pick<Storage, "getItem" | "setItem">) {}

  get settings(): ArrivalSettings {
    return parseArrival(parseObject(this.store.getItem(STORAGE_KEY)));
  }

  change(change: Partial<ArrivalSettings>): void {
    this.store.setItem(STORAGE_KEY, JSON.stringify({ ...this.settings, ...change }));
  }
}
