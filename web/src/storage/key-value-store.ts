// Where the page keeps small things by their ids between visits: the port, and a shelf that lasts as long as the page.

/** Every promise may be rejected: browsers refuse storage, or take it away, at any time. */
export interface KeyValueStore<Item> {
  /** All items, in the order of their ids. */
  all(): Promise<Item[]>;
  /** Replaces what has this id. It is kept once this resolves. */
  put(id: string, item: Item): Promise<void>;
  /** Also when there is nothing of this id. */
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

/** Keeps in `lasting` what it takes, and for the rest of the visit what it does not. */
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
      await this.lasting.remove(id).catch(() => {}); // else an older one of this id would come back
      await this.fallen.put(id, item);
    }
  }

  async remove(id: string): Promise<void> {
    await this.fallen.remove(id);
    await this.lasting.remove(id).catch(() => {});
  }
}
