// The port for small items by id, and an implementation in memory.

/** Every promise may be rejected, because browsers refuse or remove storage at any time. */
export interface KeyValueStore<Item> {
  /** Returns all items in the order of their ids. */
  all(): Promise<Item[]>;
  /** Stores the item under this id. It is stored when the promise resolves. */
  put(id: string, item: Item): Promise<void>;
  /** Removes the item, if there is one. */
  remove(id: string): Promise<void>;
}

export class MemoryStore<Item> implements KeyValueStore<Item> {
  private readonly items = new Map<string, Item>();

  async all(): Promise<Item[]> {
    const byId = [...this.items].sort(([one], [other]) => (one < other ? -1 : 1));
    return byId.map(([, item]) => structuredClone(item));
  }

  async put(id: string, item: Item): Promise<void> {
    this.items.set(id, structuredClone(item));
  }

  async remove(id: string): Promise<void> {
    this.items.delete(id);
  }
}

/** Stores in `lasting`, and in memory what `lasting` refuses. */
export class FallbackStore<Item> implements KeyValueStore<Item> {
  private readonly fallen = new MemoryStore<Item>();

  constructor(private readonly lasting: KeyValueStore<Item>) {}

  async all(): Promise<Item[]> {
    const lasting = await this.lasting.all().catch(() => []);
    return [...lasting, ...(await this.fallen.all())];
  }

  async put(id: string, item: Item): Promise<void> {
    try {
      await this.lasting.put(id, item);
      await this.fallen.remove(id);
    } catch {
      await this.lasting.remove(id).catch(() => {}); // otherwise an older item of this id would come back
      await this.fallen.put(id, item);
    }
  }

  async remove(id: string): Promise<void> {
    await this.fallen.remove(id);
    await this.lasting.remove(id).catch(() => {});
  }
}
