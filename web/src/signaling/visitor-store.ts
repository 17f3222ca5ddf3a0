// Stores what the next gateway needs: the epoch of the last dial, and the memory from the last gateway. All
// tabs share it, because a duplicated tab is the same visitor.

import { parseObject } from "../storage/json-guards";
import type { Store } from "../storage/local-storage";
import { withTabLock } from "../storage/tab-locks";

export const EPOCH = "zufall.epoch.";
/** Alone, this is the name under which the visitor with the newest memory is stored. */
export const MEMORY = "zufall.memory.";

export interface Dial {
  /** Higher than at any earlier dial of this visitor. */
  epoch: number;
  memory?: string;
}

interface KeptMemory {
  memory: string;
  /** The epoch of the socket that it came on. */
  epoch: number;
}

export class VisitorStore {
  constructor(
    private readonly store: Store,
    private readonly locks: Pick<LockManager, "request"> | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Begins a dial. Returns undefined if no higher epoch is left, so that the visitor needs another token. A new
   * visitor gets the newest memory of this browser, so that blocks hold in a new tab.
   */
  async dial(visitor: string): Promise<Dial | undefined> {
    const epoch = await this.raise(visitor, (last) => Math.max(last + 1, this.now()));
    const memory = (this.kept(visitor) ?? this.kept(this.store.getItem(MEMORY)))?.memory;
    return epoch === undefined ? undefined : { epoch, ...(memory ? { memory } : {}) };
  }

  /** The visitor has connected elsewhere with this epoch. */
  async raiseTo(visitor: string, epoch: number): Promise<void> {
    if (isEpoch(epoch)) await this.raise(visitor, (last) => Math.max(last, epoch));
  }

  /** Stores the `memory` that came on the socket of this epoch, unless a newer socket has given one. */
  remember(visitor: string, epoch: number, memory: string): void {
    if ((this.kept(visitor)?.epoch ?? 0) > epoch) return;
    const kept: KeptMemory = { memory, epoch };
    this.store.setItem(MEMORY + visitor, JSON.stringify(kept));
    this.store.setItem(MEMORY, visitor);
  }

  /** Raises the epoch under a lock, because two dials must not have the same one. */
  private raise(visitor: string, change: (last: number) => number): Promise<number | undefined> {
    return withTabLock(EPOCH + visitor, this.locks, () => {
      const epoch = change(this.last(visitor));
      if (isEpoch(epoch)) this.store.setItem(EPOCH + visitor, String(epoch));
      else this.forget(visitor);
      return isEpoch(epoch) ? epoch : undefined;
    });
  }

  private last(visitor: string): number {
    const last = Number(this.store.getItem(EPOCH + visitor));
    return isEpoch(last) ? last : 0;
  }

  private kept(visitor: string | null): KeptMemory | undefined {
    const { memory, epoch } = parseObject(this.store.getItem(MEMORY + visitor)) ?? {};
    return typeof memory === "string" && typeof epoch === "number" ? { memory, epoch } : undefined;
  }

  private forget(visitor: string): void {
    this.store.removeItem(EPOCH + visitor);
    this.store.removeItem(MEMORY + visitor);
  }
}

function isEpoch(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
