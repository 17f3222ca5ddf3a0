// Where my own picture is, and whether I see it. Stored in this browser.

import { type Corner, isCorner } from "../core/self-place";
import { parseObject } from "../storage/json-guards";

const KEY = "zufall.self";

export interface SelfPlace {
  /** Undefined: where the page puts it. */
  corner?: Corner | undefined;
  hidden: boolean;
}

export class SelfPlaceStore {
  constructor(private readonly store: Pick<Storage, "getItem" | "setItem">) {}

  load(): SelfPlace {
    const { corner, hidden } = parseObject(this.store.getItem(KEY)) ?? {};
    return { corner: isCorner(corner) ? corner : undefined, hidden: hidden === true };
  }

  save(place: SelfPlace): void {
    this.store.setItem(KEY, JSON.stringify(place));
  }
}
