// Whether the visitor must be told that strangers can see their address: once in each browser, before the
// first video or audio call, where there is no relay.

import type { Mode } from "../messages.generated";
import type { Site } from "./site";

const STORAGE_KEY = "zufall.address_told";

type Store = Pick<Storage, "getItem" | "setItem">;

export class AddressNotice {
  private readonly shows: boolean;
  private told: boolean;

  constructor(
    private readonly store: Store,
    { relay, ice_policy }: Pick<Site, "relay" | "ice_policy">,
  ) {
    this.shows = !relay && ice_policy !== "relay";
    this.told = store.getItem(STORAGE_KEY) !== null;
  }

  /** Returns whether it must be said before a call of this kind. A text chat has no connection to a stranger. */
  isDue(mode: Mode): boolean {
    return this.shows && !this.told && mode !== "text";
  }

  /** The visitor has started. */
  started(mode: Mode): void {
    if (!this.isDue(mode)) return;
    this.told = true;
    this.store.setItem(STORAGE_KEY, "1");
  }
}
